"""What conda's package names mean on PyPI, and which names homerun itself provides: data only."""

# conda's name → PyPI's. A name that stands in no table here is taken to be the same on both.
RENAMED = {
    "dask-core": "dask",
    "faiss": "faiss-cpu",
    "flask-core": "flask",
    "hdf5storage": "hdf5storage",
    "importlib_metadata": "importlib-metadata",
    "importlib_resources": "importlib-resources",
    "ipython_genutils": "ipython-genutils",
    "jupyter_client": "jupyter-client",
    "jupyter_core": "jupyter-core",
    "keras-gpu": "keras",
    "matplotlib-base": "matplotlib",
    "mlflow-core": "mlflow",
    "msgpack-python": "msgpack",
    "opencv": "opencv-python-headless",
    "py-opencv": "opencv-python-headless",
    "libopencv": "opencv-python-headless",
    "py-lightgbm": "lightgbm",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "py-xgboost-gpu": "xgboost",
    "pyqt": "pyqt5",
    "pytables": "tables",
    "python-graphviz": "graphviz",
    "python-snappy": "python-snappy",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "ruamel.yaml": "ruamel-yaml",
    "ruamel_yaml": "ruamel-yaml",
    "seaborn-base": "seaborn",
    "tensorflow-base": "tensorflow",
    "tensorflow-cpu": "tensorflow-cpu",
    "tensorflow-gpu": "tensorflow",
    "tensorflow-mkl": "tensorflow",
    "torchvision-cpu": "torchvision",
    "torchaudio-cpu": "torchaudio",
    "typing_extensions": "typing-extensions",
}

# Names that say: the CPU build of PyTorch, on any machine.
MEANS_CPU = frozenset({"cpuonly", "pytorch-cpu", "torchvision-cpu", "torchaudio-cpu"})

# Left out when no version is pinned: every image is seeded with them, as conda's are.
SEEDS = frozenset({"pip", "setuptools", "wheel"})

_IN_WHEELS = "PyPI's packages carry what they need of it"
_PROGRAM = "a program, not a Python package: the machine's own is used, if it has one"

# conda's name → why it is left out.
DROPPED = {
    "cpuonly": "it only says that the CPU build of PyTorch is wanted",
    "nb_conda": "it concerns conda itself",
    "nb_conda_kernels": "it concerns conda itself",
    "conda": "it concerns conda itself",
    "conda-build": "it concerns conda itself",
    "anaconda": "it stands for a whole distribution: name the packages that are used",
    "python_abi": "it concerns conda itself",
    "pytorch-mutex": "it concerns conda itself",
    "ffmpeg": _PROGRAM,
    "git": _PROGRAM,
    "graphviz": _PROGRAM,
    "make": _PROGRAM,
    "openssh": _PROGRAM,
    "pandoc": _PROGRAM,
    "tesseract": _PROGRAM,
    "wget": _PROGRAM,
} | dict.fromkeys(
    (
        *("_libgcc_mutex", "_openmp_mutex", "blas", "bzip2", "ca-certificates", "cairo"),
        *("cuda", "cuda-toolkit", "cudatoolkit", "cudnn", "freetype", "glib", "hdf5", "icu"),
        *("intel-openmp", "jpeg", "ld_impl_linux-64", "lcms2", "libblas", "libcblas", "libffi"),
        *("libgcc", "libgcc-ng", "libgfortran-ng", "libgomp", "liblapack", "libopenblas"),
        *("libpng", "libsodium", "libstdcxx", "libstdcxx-ng", "libtiff", "libuuid", "libuv"),
        *("libwebp", "libxml2", "libzlib", "llvm-openmp", "lz4-c", "mkl", "mkl-service"),
        *("mkl_fft", "mkl_random", "nccl", "ncurses", "nomkl", "openblas", "openmpi", "openssl"),
        *("pytorch-cuda", "qt", "readline", "sqlite", "tk", "tzdata", "xz", "zeromq", "zlib"),
        "zstd",
    ),
    _IN_WHEELS,
)

_COMPILER = "compilers cannot be had from PyPI; install one on the machine and drop the line"
_LANGUAGE = "it is no Python, and PyPI has none; install it on the machine and drop the line"

# conda's name → why a specification with it is refused. A name that ends in "-" is a prefix.
REFUSED = {
    "c-compiler": _COMPILER,
    "clang": _COMPILER,
    "clangxx": _COMPILER,
    "compilers": _COMPILER,
    "cxx-compiler": _COMPILER,
    "fortran-compiler": _COMPILER,
    "gcc": _COMPILER,
    "gcc_linux-64": _COMPILER,
    "gfortran": _COMPILER,
    "gfortran_linux-64": _COMPILER,
    "gxx": _COMPILER,
    "gxx_linux-64": _COMPILER,
    "cuda-nvcc": _COMPILER,
    "cudatoolkit-dev": _COMPILER,
    "go": _LANGUAGE,
    "julia": _LANGUAGE,
    "nodejs": _LANGUAGE,
    "openjdk": _LANGUAGE,
    "perl": _LANGUAGE,
    "r": _LANGUAGE,
    "r-": _LANGUAGE,
    "bioconductor-": _LANGUAGE,
    "ruby": _LANGUAGE,
    "rust": _LANGUAGE,
}

# What the injected light rooms stand for. A name that ends in "*" is a prefix.
PROVIDED = (
    "azureml-sdk",
    "azureml-core",
    "azureml-defaults",
    "azureml-widgets",
    "azureml-train*",
    "azureml-pipeline*",
    "azureml-dataset-runtime",
    "azureml-dataprep*",
    "azureml-telemetry",
)

# Kept out of a resolution too, where another package asks for them.
NEVER_RESOLVED = (
    "azureml-core",
    "azureml-dataprep",
    "azureml-dataset-runtime",
    "azureml-defaults",
    "azureml-pipeline",
    "azureml-pipeline-core",
    "azureml-sdk",
    "azureml-telemetry",
    "azureml-train-core",
)

# Where one of these stands, v1's scripts take the second tuple for granted.
BRINGS_DATA = ("azureml-sdk", "azureml-defaults")
TAKEN_FOR_GRANTED = ("numpy", "pandas")

LEFT_OUT = {"azureml-mlflow": "MLflow is not served to runs yet"}


def is_provided(name: str) -> bool:
    """Tell whether homerun's own ``azureml`` stands for this package (a canonical name)."""
    return any(
        name.startswith(known[:-1]) if known.endswith("*") else name == known for known in PROVIDED
    )


def refusal(conda_name: str) -> str | None:
    """Give the reason why a conda package cannot be had in PyPI mode, or None."""
    for known, reason in REFUSED.items():
        if conda_name == known or (known.endswith("-") and conda_name.startswith(known)):
            return reason
    return None
