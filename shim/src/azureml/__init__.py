"""Azure ML's names over homerun: not Microsoft's package, and never beside it."""

from azureml._beside import refuse_the_genuine

refuse_the_genuine()
