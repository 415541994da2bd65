# count: a loop of four instructions that goes round eight times. Then it reads one of them as if it were data, which it is.

        .intel_syntax noprefix
        .globl  _start
        .text
_start:
        xor     eax, eax
        mov     ecx, 8                  # rounds
again:
        add     eax, 512                # 05 00 02 00 00: one byte says what, four say how much
store:  mov     [table + rcx*4 - 4], eax
        dec     ecx                     # ZF is set when nothing is left
back:   jnz     again                   # while ZF is clear

done:   mov     edi, [rip + again + 1]  # the four bytes behind 05, read as a number: 512
same:   sub     edi, 512
        mov     eax, 60                 # exit, with status 0 if it was
        syscall

        .bss
        .balign 4
table:  .skip   8 * 4

        .section .note.GNU-stack, "", @progbits
