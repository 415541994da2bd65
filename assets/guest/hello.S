# hello: a whole program in two system calls, without a C library.
# Linux wants the number of the call in rax and its arguments in rdi, rsi, rdx.

        .intel_syntax noprefix
        .globl  _start
        .text
_start:
        mov     eax, 1                  # write
        mov     edi, 1                  # to standard output
        lea     rsi, [rip + message]    # these bytes
        mov     edx, OFFSET message_len # so many of them
        syscall

        mov     eax, 60                 # exit
        xor     edi, edi                # with status 0
        syscall

        .section .rodata
message:
        .ascii  "Hello from ring 3!\n"
        .set    message_len, . - message

        .section .note.GNU-stack, "", @progbits
