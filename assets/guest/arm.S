# arm: the same file but for two bytes, e_machine, which say 183: a program for 64-bit ARM. The kernel reads them and declines.

        .set    machine, 183            # EM_AARCH64
#include "tiny.S"
