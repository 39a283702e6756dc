"""From a frozen batch to proven PDF volumes. The files' names in running order: plate_design → batch → preflight → artwork →
press → proof → manifest; `run` takes the steps. Millimetres everywhere; y runs downwards from the top of a face, as on paper,
until the press turns it round for PDF."""
