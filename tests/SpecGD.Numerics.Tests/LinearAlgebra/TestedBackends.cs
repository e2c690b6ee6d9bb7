using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra;

public sealed class OpenBlasDouble() : LinearAlgebraTests<double>(Backend.OpenBlas);

public sealed class OpenBlasSingle() : LinearAlgebraTests<float>(Backend.OpenBlas);

public sealed class ManagedDouble() : LinearAlgebraTests<double>(Backend.Managed);

public sealed class ManagedSingle() : LinearAlgebraTests<float>(Backend.Managed);
