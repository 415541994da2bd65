# tiny: an ELF file written by hand, byte for byte: its header, one program header, the code. It has no section headers, and
# the kernel does not miss them.

        .intel_syntax noprefix
        .ifndef machine
        .set    machine, 62             # EM_X86_64
        .endif
        .globl  _start
        .text
file:
        .byte   0x7f, 'E', 'L', 'F'
        .byte   2, 1, 1, 0              # 64 bits, little-endian, version 1, System V
        .quad   0
        .word   2, machine              # an executable, for which processor
        .long   1
        .quad   _start                  # where to begin
        .quad   segment - file          # where the program headers are
        .quad   0                       # where the section headers are: nowhere
        .long   0
        .word   64, 56, 1               # this header's size, a program header's, how many
        .word   64, 0, 0                # a section header's size, how many, which one has the names
segment:
        .long   1, 5                    # PT_LOAD, readable and executable
        .quad   0, file, file           # from the start of the file to this address
        .quad   end - file, end - file  # so many bytes, and as many in memory
        .quad   4096
_start:
        mov     eax, 1                  # write
        mov     edi, 1
        lea     rsi, [rip + message]
        mov     edx, OFFSET end - message
        syscall
        mov     eax, 60                 # exit
        xor     edi, edi
        syscall
message:
        .ascii  "No section headers, and yet I run.\n"
end:

        .section .note.GNU-stack, "", @progbits
