using System.Runtime.InteropServices;
using System.Text;

namespace SpecGD.Numerics.Communication.OpenMpi;

/// <summary>
/// The C interface of Open MPI 4 as found on this machine, as far as it is used. In Open MPI a handle is the address of an exported object.
/// </summary>
internal sealed unsafe partial class OpenMpiLibrary
{
    /// <summary>Environment variable that names the library file and replaces the search.</summary>
    public const string PathVariable = "SPECGD_MPI";

    private const string UsualName = "libmpi.so.40";

    /// <summary>RTLD_NOW | RTLD_GLOBAL: Open MPI's plugins find the library's symbols only if they are global, which NativeLibrary does not offer.</summary>
    private const int Flags = 0x102;

    /// <summary>The thread that initialises is the only one that calls.</summary>
    private const int Funneled = 1;

    private const int LongestText = 8192;

    /// <summary>MPI_IN_PLACE.</summary>
    private const nint InPlace = 1;

    private readonly nint _handle;
    private readonly nint _world, _sum;

    private OpenMpiLibrary(nint handle)
    {
        _handle = handle;
        _world = Symbol("ompi_mpi_comm_world");
        _sum = Symbol("ompi_mpi_op_sum");
    }

    /// <summary>Loads the library.</summary>
    /// <param name="environment">Gives the value of an environment variable, or null.</param>
    /// <exception cref="CommunicationException">It cannot be loaded; the sentence says what to install.</exception>
    public static OpenMpiLibrary Load(Func<string, string?> environment)
    {
        string? named = environment(PathVariable);
        string path = string.IsNullOrEmpty(named) ? UsualName : named;
        if (!OperatingSystem.IsLinux())
            throw new CommunicationException("Training on several ranks needs Open MPI 4 on Linux.");
        _ = SetEnvironment("UCX_ERROR_SIGNALS", "", 0); // else UCX takes over SIGSEGV, which the runtime needs for its own exceptions
        nint handle = Open(path, Flags);
        return handle != 0
            ? new OpenMpiLibrary(handle)
            : throw new CommunicationException(
                $"This process was started as one of several ranks, but Open MPI's library {path} cannot be loaded: "
                + $"install it (apt-get install libopenmpi3), or name it in {PathVariable}.");
    }

    /// <summary>MPI_Init_thread; to be called by the thread that will make all other calls.</summary>
    public void Initialise()
    {
        int provided;
        Check(((delegate* unmanaged<void*, void*, int, int*, int>)Symbol("MPI_Init_thread"))(null, null, Funneled, &provided), "MPI_Init_thread");
        if (provided < Funneled)
            throw new CommunicationException("This build of Open MPI supports no threads at all; one with MPI_THREAD_FUNNELED was expected.");
        Check(
            ((delegate* unmanaged<nint, nint, int>)Symbol("MPI_Comm_set_errhandler"))(_world, Symbol("ompi_mpi_errors_return")),
            "MPI_Comm_set_errhandler");
    }

    public int Rank() => WorldNumber("MPI_Comm_rank");

    public int Size() => WorldNumber("MPI_Comm_size");

    public void AllReduce<T>(T* values, int count)
        where T : unmanaged =>
        Check(
            ((delegate* unmanaged<void*, void*, int, nint, nint, nint, int>)Symbol("MPI_Allreduce"))((void*)InPlace, values, count, Type<T>(), _sum, _world),
            "MPI_Allreduce");

    public void ReduceScatter<T>(T* values, T* own, int* counts)
        where T : unmanaged =>
        Check(
            ((delegate* unmanaged<void*, void*, int*, nint, nint, nint, int>)Symbol("MPI_Reduce_scatter"))(
                values, own, counts, Type<T>(), _sum, _world),
            "MPI_Reduce_scatter");

    public void AllGather<T>(T* values, int* counts, int* begins)
        where T : unmanaged =>
        Check(
            ((delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, int>)Symbol("MPI_Allgatherv"))(
                (void*)InPlace, 0, 0, values, counts, begins, Type<T>(), _world),
            "MPI_Allgatherv");

    public void Broadcast<T>(T* values, int count, int from)
        where T : unmanaged =>
        Check(((delegate* unmanaged<void*, int, nint, int, nint, int>)Symbol("MPI_Bcast"))(values, count, Type<T>(), from, _world), "MPI_Bcast");

    public void Barrier() => Check(((delegate* unmanaged<nint, int>)Symbol("MPI_Barrier"))(_world), "MPI_Barrier");

    public void Complete() => Check(((delegate* unmanaged<int>)Symbol("MPI_Finalize"))(), "MPI_Finalize");

    /// <summary>Ends every rank with this exit code; does not return. May be called from any thread, since nothing is called after it.</summary>
    public void Abort(int exitCode) => ((delegate* unmanaged<nint, int, int>)Symbol("MPI_Abort"))(_world, exitCode);

    /// <summary>Version, as the library tells it.</summary>
    public string Version() => Text((buffer, length) => ((delegate* unmanaged<byte*, int*, int>)Symbol("MPI_Get_library_version"))(buffer, length));

    private nint Type<T>()
        where T : unmanaged => Symbol(
        typeof(T) == typeof(float) ? "ompi_mpi_float"
        : typeof(T) == typeof(double) ? "ompi_mpi_double"
        : typeof(T) == typeof(int) ? "ompi_mpi_int32_t"
        : typeof(T) == typeof(long) ? "ompi_mpi_int64_t"
        : typeof(T) == typeof(byte) ? "ompi_mpi_byte"
        : throw new NotSupportedException($"Elements of type {typeof(T).Name} are not sent."));

    private int WorldNumber(string routine)
    {
        int number;
        Check(((delegate* unmanaged<nint, int*, int>)Symbol(routine))(_world, &number), routine);
        return number;
    }

    private void Check(int code, string routine)
    {
        if (code == 0)
            return;
        string words = Text((buffer, length) => ((delegate* unmanaged<int, byte*, int*, int>)Symbol("MPI_Error_string"))(code, buffer, length));
        throw new CommunicationException($"{routine} failed: {words}");
    }

    private nint Symbol(string name) => NativeLibrary.GetExport(_handle, name);

    private delegate int Writer(byte* buffer, int* length);

    private static string Text(Writer write)
    {
        byte* buffer = stackalloc byte[LongestText];
        int length;
        return write(buffer, &length) == 0 ? Encoding.UTF8.GetString(buffer, Math.Clamp(length, 0, LongestText)).TrimEnd('\0') : "unknown";
    }

    [LibraryImport("libdl.so.2", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
