using System.Numerics;
using SpecGD.Numerics;

namespace SpecGD.Models.Gpt;

/// <summary>Sees the activations of a GPT while it runs forward.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IGptObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// One activation matrix, tokens × features. Its memory belongs to the model and is overwritten later in the pass.
    /// Names: <c>embedding</c>; <c>value_embed{j}</c>; <c>block{i}.rms.pre_attn</c>; <c>block{i}.attn.q</c>, <c>.k</c> (after norm and rotary),
    /// <c>.v</c> (before the value mix), <c>.out</c>; <c>block{i}.rms.pre_mlp</c>; <c>block{i}.mlp.c_fc</c> (before the nonlinearity),
    /// <c>block{i}.mlp.post</c> (after it); <c>lm_head.pre</c>.
    /// </summary>
    void Observe(string name, Matrix<T> activations);
}
