/// Where an interrupt may strike. In the middle of the engine's own bookkeeping (a node half written, the trace being
/// packed) it would leave a broken trace, so it waits until the program's own code is on top again.

/// Python: installs the handler; `later` asks the alarm to ring again at the next look.
export const INTERRUPT_HANDLER = `
def install(later):
    import signal

    def interrupted(number, frame):
        engine = False
        while frame is not None:
            name = frame.f_code.co_filename
            # Cells are compiled under the names "<cell 0>", "<cell 1>", …
            if name.startswith("<cell "):
                if engine:
                    later()
                    return
                raise KeyboardInterrupt
            engine = engine or "/site-packages/engine/" in name
            frame = frame.f_back
        # No code of the program is running: the kernel is packing its trace.

    signal.signal(signal.SIGINT, interrupted)

install
`
