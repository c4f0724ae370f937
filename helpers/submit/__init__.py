"""Check a notebook and make the one file to hand in: ``python -m helpers.submit 01_softmax``.

The notebook itself is only read. What is handed in is repaired by the names of its cells, run in a
fresh kernel, and packed with a receipt.
"""
