/// Where an interrupt may strike. In the middle of the engine's own bookkeeping (a node half written, the trace being
/// packed) it would leave a broken trace, so it waits until the program's own code goes on.

/// Python: installs the handler of interrupts, and gives the function that forgets one which still waits. `packing` is
/// called when an interrupt finds the program ended and the kernel at work on its trace.
export const INTERRUPT_HANDLER = `
def install(packing):
    import signal
    import sys

    def strike(frame, event, argument):
        forget()
        frame.f_trace = None
        raise KeyboardInterrupt

    def interrupted(number, frame):
        engine = False
        while frame is not None:
            name = frame.f_code.co_filename
            # Cells are compiled under the names "<cell 0>", "<cell 1>", …
            if name.startswith("<cell "):
                if not engine:
                    raise KeyboardInterrupt
                # Strikes at the frame's next line, or when it returns. Looking again later would not do: looks come
                # at fixed distances, and in a short loop each of them can fall into the engine.
                frame.f_trace = strike
                sys.settrace(lambda *_: None)
                return
            engine = engine or frame.f_globals.get("__name__", "").startswith("engine.")
            frame = frame.f_back
        packing()

    def forget():
        sys.settrace(None)

    signal.signal(signal.SIGINT, interrupted)
    return forget

install
`
