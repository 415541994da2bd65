# registers: what one instruction after the other does to a register and to the flags.

        .intel_syntax noprefix
        .globl  _start
        .text
_start:
        movabs  rax, 0x1122334455667788 # all 64 bits
parts:  mov     ah, 0                   # bits 15 to 8: the other 56 stay
        mov     al, 255                 # bits 7 to 0
carry:  add     al, 1                   # 255 + 1 is 0 in 8 bits: ZF and CF
low:    mov     eax, 0x7fffffff         # the low 32 bits; the high 32 become 0
sign:   inc     eax                     # the largest positive number and one more: OF and SF

copy:   mov     rbx, rsp                # a copy of the stack pointer
stack:  push    rax                     # eight bytes lower
        pop     rcx
vector: movq    xmm0, rcx               # 128 bits wide, for floating point and vectors
        cvtsi2sd xmm0, rcx              # the same number as floating point

ring:   mov     ax, cs                  # the selector; its two low bits are the ring
bits:   and     eax, 3
        mov     edi, eax
        sub     edi, 3
        mov     eax, 60                 # exit, with status 0 in ring 3
        syscall

        .section .note.GNU-stack, "", @progbits
