// Why this is here, and when it can go: docs/adr/0015-one-signal-at-a-time.md.
// A thread that has to stop for the garbage collector gets a real-time signal, and another one every 0.1 ms until it
// has stopped. Such signals queue up: a thread that needs longer than that for one signal never gets to anything else,
// and the process stands still. Here the next one is sent only when the one before it has been dealt with.

// Thread::IsActivationPending() and PalHijack(Thread*) of the runtime; the linker says so if either has gone.
extern int _ZN6Thread19IsActivationPendingEv(void *thread);
extern void __real__Z9PalHijackP6Thread(void *thread);

void __wrap__Z9PalHijackP6Thread(void *thread)
{
    if (!(_ZN6Thread19IsActivationPendingEv(thread) & 1))
        __real__Z9PalHijackP6Thread(thread);
}
