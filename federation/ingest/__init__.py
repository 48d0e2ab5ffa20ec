"""The fast doors for punches: key, signature and shape are judged, and what is accepted is written in bulk.

`keys` knows who may call, `signing` how a call is signed, `punches` what a body may say, `writing` the one
transaction for everything that waits, `writer` the thread that runs it, `door` and `forms` what they answer,
`source` hands accepted WorkerAttendance.Add calls to the settler.
"""
