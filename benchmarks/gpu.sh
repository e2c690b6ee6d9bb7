#!/bin/sh
# What is to be shown on a machine with an NVIDIA GPU, in a quarter of an hour: the recorded cases, the speed of the 124M model beside an eager program, the
# tracker, and one block of the snapshot's sequence length. Run from the root of a checkout:
#   benchmarks/gpu.sh FOLDER              FOLDER takes the outputs
# libtorch with CUDA comes from an installed PyTorch 2.10 (SPECGD_LIBTORCH=.../torch/lib), or from NuGet's packages (SPECGD_TORCH=cuda).
set -u
out=${1:?usage: benchmarks/gpu.sh FOLDER}
mkdir -p "$out"
build=${SPECGD_TORCH:+-p:SpecGDTorch=$SPECGD_TORCH}
failed=0
step() { # NAME SECONDS COMMAND...: its output goes to FOLDER/NAME.txt
    name=$1 seconds=$2
    shift 2
    echo "== $name: $*"
    timeout -s INT "$seconds" "$@" >"$out/$name.txt" 2>&1
    code=$?
    tail -n 12 "$out/$name.txt"
    [ $code -eq 0 ] || { failed=1; echo "$name ended with $code"; }
}

dotnet build src/SpecGD.Cli -c Release -v q --nologo $build || exit 1
dotnet build benchmarks/language -c Release -v q --nologo $build || exit 1
bench=artifacts/bin/SpecGD.Language.Benchmark/release/SpecGD.Language.Benchmark.dll

nvidia-smi >"$out/nvidia-smi.txt" 2>&1
step doctor 60 dotnet artifacts/bin/SpecGD.Cli/release/SpecGD.Cli.dll doctor --verbose
for case in tests/golden/nanogpt_*.json; do
    step "verify-$(basename "$case" .json)" 60 dotnet artifacts/bin/SpecGD.Cli/release/SpecGD.Cli.dll nanogpt verify "${case%.json}"
done
for precision in bf16 f32; do
    for whose in ours eager; do
        step "124M-$precision-$whose" 60 dotnet $bench 124M $precision $whose cuda
    done
done
step block-49152 60 dotnet $bench block 49152 bf16 cuda
# Loss and gradient on the GPU and on the processor, same seed: the losses that are printed must agree to the precision's digits.
for device in cuda cpu; do
    step "train-$device" 120 dotnet artifacts/bin/SpecGD.Cli/release/SpecGD.Cli.dll nanogpt train --preset tiny --steps 20 --track-every 10 --precision f32 --device $device --no-figures --fresh --output "$out/train-$device"
done
step tracker-124M 180 dotnet artifacts/bin/SpecGD.Cli/release/SpecGD.Cli.dll nanogpt train --preset 124M --length 1024 --steps 4 --sequences 4 --track-every 2 --validate-every 0 --device cuda --no-figures --fresh --output "$out/tracker-124M"
exit $failed
