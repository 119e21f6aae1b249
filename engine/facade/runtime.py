"""`mx.runtime`: what MXNet was built with; here nothing but Python and NumPy."""

__all__ = ["Feature", "Features", "feature_list"]

#: MXNet's names of what a build may have.
NAMES = (
    "CUDA", "CUDNN", "NCCL", "TENSORRT", "CPU_SSE", "CPU_AVX", "OPENMP", "BLAS_OPEN", "LAPACK",
    "MKLDNN", "OPENCV", "DIST_KVSTORE", "INT64_TENSOR_SIZE", "SIGNAL_HANDLER", "TVM_OP", "ONEDNN",
)  # fmt: skip


class Feature:
    """A part of MXNet by name, and whether it is there."""

    def __init__(self, name, enabled=False):
        self.name, self.enabled = name, enabled

    def __repr__(self):
        return f"{'✔' if self.enabled else '✖'} {self.name}"


def feature_list():
    """All features: none is there."""
    return [Feature(name) for name in NAMES]


class Features(dict):
    """The features by name."""

    def __init__(self):
        super().__init__((f.name, f) for f in feature_list())

    def is_enabled(self, feature_name):
        """Whether a feature is there; raises `RuntimeError` for a name that MXNet does not have."""
        name = feature_name.upper()
        if name not in self:
            raise RuntimeError(f"Feature '{feature_name}' is unknown, known features are: {NAMES}")
        return self[name].enabled
