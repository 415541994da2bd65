// The entry of the bare kernels (Multiboot Specification 0.6.96), and paging: 4 KiB pages that map the first 64 MiB where
// they are. A 32-bit processor runs with paging only while a kernel asks for it; a 64-bit one always has it, with 2 MiB
// pages otherwise.

#define PAGES (64 << 20 >> 12)

.section .multiboot, "a"
.align 4
.long 0x1badb002, 0, -0x1badb002

.bss
.align 4096
tables:
.skip PAGES * 8
directory:
.skip 4096
stack:
.skip 65536
stack_top:

.code32
.text
.globl _start
_start:
	mov $stack_top, %esp

#ifdef __x86_64__

.bss
.align 4096
root:
.skip 4096
pointers:
.skip 4096
large:
.skip 4096

.text
	movl $pointers + 3, root
	movl $large + 3, pointers
	mov $tables, %edi
	mov $3, %eax
1:	mov %eax, (%edi)
	movl $0, 4(%edi)
	add $8, %edi
	add $0x1000, %eax
	cmp $tables + PAGES * 8, %edi
	jb 1b
	mov $directory, %edi
	mov $tables + 3, %eax
2:	mov %eax, (%edi)
	movl $0, 4(%edi)
	add $8, %edi
	add $0x1000, %eax
	cmp $directory + PAGES / 512 * 8, %edi
	jb 2b
	mov $large, %edi
	mov $0x83, %eax
3:	mov %eax, (%edi)
	movl $0, 4(%edi)
	add $8, %edi
	add $0x200000, %eax
	cmp $large + PAGES / 512 * 8, %edi
	jb 3b
	mov %cr4, %eax
	or $0x20, %eax			// PAE
	mov %eax, %cr4
	mov $root, %eax
	mov %eax, %cr3
	mov $0xc0000080, %ecx		// EFER.LME
	rdmsr
	or $0x100, %eax
	wrmsr
	mov %cr0, %eax
	or $0x80000000, %eax
	mov %eax, %cr0
	lgdt gdt_pointer
	ljmp $8, $long_mode

.section .rodata
.align 8
gdt:	.quad 0, 0x00af9b000000ffff
gdt_pointer:
	.word . - gdt - 1
	.long gdt

.code64
.text
long_mode:
	xor %eax, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov $stack_top, %rsp
	call bare_main

.globl paging_on, paging_off
paging_on:
	movl $directory + 3, pointers
	mov %cr3, %rax
	mov %rax, %cr3
	ret
paging_off:
	movl $large + 3, pointers
	mov %cr3, %rax
	mov %rax, %cr3
	ret

#else

	mov $tables, %edi
	mov $3, %eax
1:	mov %eax, (%edi)
	add $4, %edi
	add $0x1000, %eax
	cmp $tables + PAGES * 4, %edi
	jb 1b
	mov $directory, %edi
	mov $tables + 3, %eax
2:	mov %eax, (%edi)
	add $4, %edi
	add $0x1000, %eax
	cmp $directory + PAGES / 1024 * 4, %edi
	jb 2b
	mov $directory, %eax
	mov %eax, %cr3
	call bare_main

.globl paging_on, paging_off
paging_on:
	mov %cr0, %eax
	or $0x80000000, %eax
	mov %eax, %cr0
	ret
paging_off:
	mov %cr0, %eax
	and $0x7fffffff, %eax
	mov %eax, %cr0
	ret

#endif
.section .note.GNU-stack
