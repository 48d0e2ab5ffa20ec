"""四库一平台, the province's register of enterprises, projects, permits, managers and credit, is pulled here.

`contract`: what a source must answer, whichever way it speaks. `http`: the way that the stand-in speaks.
`reading`: its records as facts. `taking`: facts become rows, with provenance and history. `pulling`: page by
page under a lease. `standin`: a source of our own for demonstrations and tests, in a process of its own.
"""
