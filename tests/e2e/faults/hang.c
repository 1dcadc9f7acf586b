// A first process that is alive and does nothing: nobody feeds the watchdog. Built without a C library.
void _start(void) { for (;;) __asm__ volatile("wfi"); }
