"""Notebooks of our kernel's, and their run by nbclient."""
import nbclient
import nbformat

from client import manager


def notebook(*cells):
    metadata = {"kernelspec": {"name": "snapgrid", "display_name": "TypeScript (snapgrid)", "language": "typescript"}}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells], metadata=metadata)


def executed(*cells, **options):
    """A notebook of these cells as nbclient leaves it, run in a folder of its own."""
    found = notebook(*cells)
    with manager() as (km, folder):
        # Under the name that is its default, nbclient would take every kernel for Python's.
        nbclient.NotebookClient(found, km=km, kernel_name="snapgrid", resources={"metadata": {"path": folder}}, **options).execute()
    return found
