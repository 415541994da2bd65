# Entry of a bare-metal test image by multiboot 1, the way into long mode, and the two ways between the image and what it
# runs: run loads struct cpu into the processor, a trap stores the processor there.
	.intel_syntax noprefix

	.set MAGIC, 0x1badb002
	.set FLAGS, 0
	.section .multiboot, "a"
	.balign 4
	.long MAGIC, FLAGS, -(MAGIC + FLAGS)

#ifdef __x86_64__
	.set W, 8
#define AT(field) [cpu + field * W]
#else
	.set W, 4
#define AT(field) [cpu + field * W]
#endif

# Fields of struct cpu.
	.set CPU_IP, 0
	.set CPU_CS, 1
	.set CPU_FLAGS, 2
	.set CPU_SP, 3
	.set CPU_SS, 4
	.set CPU_AX, 5
	.set CPU_CX, 6
	.set CPU_DX, 7
	.set CPU_BX, 8
	.set CPU_BP, 9
	.set CPU_SI, 10
	.set CPU_DI, 11
	.set CPU_DS, 12
	.set CPU_ES, 13
	.set CPU_FS, 14
	.set CPU_GS, 15
	.set CPU_VECTOR, 16
	.set CPU_ERROR, 17
	.set CPU_AT, 18
	.set CPU_HCS, 19
	.set CPU_HFLAGS, 20
	.set CPU_HSS, 21
	.set CPU_CR2, 22
	.set CPU_R8, 23
	.set CPU_R9, 24
	.set CPU_R10, 25
	.set CPU_R11, 26
	.set CPU_R12, 27
	.set CPU_R13, 28
	.set CPU_R14, 29
	.set CPU_R15, 30

	.set KDS, 0x10

	.text
	.code32
	.global entry
entry:
	cli
	cld
	lea esp, [host_stack_top]
#ifdef __x86_64__
	# Four GiB seen where they are, in pages of 2 MiB, for everybody.
	lea edi, [page_tables]
	mov dword ptr [edi], offset page_tables + 0x1000 + 7
	mov ecx, 4
	lea eax, [page_tables + 0x2000 + 7]
	lea edi, [page_tables + 0x1000]
1:	mov [edi], eax
	add eax, 0x1000
	add edi, 8
	loop 1b
	mov ecx, 2048
	mov eax, 0x87
	lea edi, [page_tables + 0x2000]
2:	mov [edi], eax
	add eax, 0x200000
	add edi, 8
	loop 2b
	mov eax, cr4
	or eax, 0x20			# PAE
	mov cr4, eax
	lea eax, [page_tables]
	mov cr3, eax
	mov ecx, 0xc0000080		# EFER
	rdmsr
	or eax, 0x100			# LME
	wrmsr
	mov eax, cr0
	or eax, 0x80000001
	mov cr0, eax
	lgdt [first_gdtr]
	ljmp 8, offset 3f
	.code64
3:	mov eax, KDS
	mov ds, eax
	mov es, eax
	mov ss, eax
	xor eax, eax
	mov fs, eax
	mov gs, eax
	mov esp, offset host_stack_top
#else
	lgdt [first_gdtr]
	ljmp 8, offset 3f
3:	mov eax, KDS
	mov ds, eax
	mov es, eax
	mov fs, eax
	mov gs, eax
	mov ss, eax
	lea esp, [host_stack_top]
#endif
	call main

	.data
	.balign 8
first_gdt:
	.quad 0
#ifdef __x86_64__
	.quad 0x00af9b000000ffff
#else
	.quad 0x00cf9b000000ffff
#endif
	.quad 0x00cf93000000ffff
first_gdtr:
	.word . - first_gdt - 1
	.long first_gdt
	.long 0
	.text

# run: see metal.h.
	.global run
#ifdef __x86_64__
run:
	push rbp
	push rbx
	push r12
	push r13
	push r14
	push r15
	mov [host_sp], rsp
resume:
	.irp name, DS, ES, FS, GS
	mov eax, \name
	cmp ax, AT(CPU_\name)
	je 1f
	mov \name, word ptr AT(CPU_\name)
1:
	.endr
	push qword ptr AT(CPU_SS)
	push qword ptr AT(CPU_SP)
	push qword ptr AT(CPU_FLAGS)
	push qword ptr AT(CPU_CS)
	push qword ptr AT(CPU_IP)
	.irp name, AX, CX, DX, BX, BP, SI, DI
	mov r\name, AT(CPU_\name)
	.endr
	.irp n, 8, 9, 10, 11, 12, 13, 14, 15
	mov r\n, AT(CPU_R\n)
	.endr
	.global launch
launch:	iretq
#else
run:
	push ebp
	push ebx
	push esi
	push edi
	mov [host_sp], esp
resume:
	test dword ptr AT(CPU_FLAGS), 0x20000	# VM
	jnz 3f
	test byte ptr AT(CPU_CS), 3
	jnz 2f
	mov ss, word ptr AT(CPU_SS)
	mov esp, AT(CPU_SP)
	jmp 4f
3:	push AT(CPU_GS)
	push AT(CPU_FS)
	push AT(CPU_DS)
	push AT(CPU_ES)
2:	push AT(CPU_SS)
	push AT(CPU_SP)
4:	push AT(CPU_FLAGS)
	push AT(CPU_CS)
	push AT(CPU_IP)
	.irp name, CX, DX, BX, BP, SI, DI
	mov e\name, AT(CPU_\name)
	.endr
	test dword ptr AT(CPU_FLAGS), 0x20000
	mov eax, AT(CPU_AX)
	jnz launch
	mov es, word ptr AT(CPU_ES)
	mov fs, word ptr AT(CPU_FS)
	mov gs, word ptr AT(CPU_GS)
	mov ds, word ptr AT(CPU_DS)
	.global launch
launch:	iret
#endif

# One stub for each vector: error code or NONE, vector.
	.global stubs
	.balign 16
stubs:
	.set vector, 0
	.rept 256
	.balign 16
	.if vector != 8 && vector != 10 && vector != 11 && vector != 12 && vector != 13 && vector != 14 && vector != 17 && vector != 21
	push -1
	.endif
	pushf
	push vector
	jmp trapped
	.set vector, vector + 1
	.endr

#ifdef __x86_64__
trapped:
	mov AT(CPU_AX), rax
	.irp name, CX, DX, BX, BP, SI, DI
	mov AT(CPU_\name), r\name
	.endr
	.irp n, 8, 9, 10, 11, 12, 13, 14, 15
	mov AT(CPU_R\n), r\n
	.endr
	.irp name, DS, ES, FS, GS
	mov eax, \name
	mov AT(CPU_\name), rax
	.endr
	pop qword ptr AT(CPU_VECTOR)
	pop qword ptr AT(CPU_HFLAGS)
	mov rcx, rsp
	pop rax
	mov AT(CPU_ERROR), rax
	cmp rax, -1
	jne 1f
	mov rcx, rsp
1:	mov AT(CPU_AT), rcx
	.irp name, IP, CS, FLAGS, SP, SS
	pop qword ptr AT(CPU_\name)
	.endr
	mov eax, ss
	mov AT(CPU_HSS), rax
	mov eax, cs
	mov AT(CPU_HCS), rax
	mov rax, cr2
	mov AT(CPU_CR2), rax
	cld
	mov eax, KDS
	mov ds, eax
	mov es, eax
	mov ss, eax
	cmp dword ptr [host_sp], 0
	je unexpected
	mov rsp, [host_sp]
	mov rax, AT(CPU_VECTOR)
	mov rax, [hook + rax * 8]
	test rax, rax
	jz 2f
	call rax
	test eax, eax
	jnz resume
2:	mov rsp, [host_sp]
	mov dword ptr [host_sp], 0
	pop r15
	pop r14
	pop r13
	pop r12
	pop rbx
	pop rbp
	ret
#else
trapped:
	push eax
	push ds
	mov eax, KDS
	mov ds, eax
	pop eax
	mov AT(CPU_DS), eax
	pop AT(CPU_AX)
	.irp name, CX, DX, BX, BP, SI, DI
	mov AT(CPU_\name), e\name
	.endr
	.irp name, ES, FS, GS
	mov eax, \name
	mov AT(CPU_\name), eax
	.endr
	pop AT(CPU_VECTOR)
	pop AT(CPU_HFLAGS)
	mov ecx, esp
	pop eax
	mov AT(CPU_ERROR), eax
	cmp eax, -1
	jne 1f
	mov ecx, esp
1:	mov AT(CPU_AT), ecx
	.irp name, IP, CS, FLAGS
	pop AT(CPU_\name)
	.endr
	mov eax, cs
	mov AT(CPU_HCS), eax
	mov eax, ss
	mov AT(CPU_HSS), eax
	test dword ptr AT(CPU_FLAGS), 0x20000
	jnz 3f
	test byte ptr AT(CPU_CS), 3
	jnz 2f
	mov AT(CPU_SP), esp
	mov AT(CPU_SS), eax
	jmp 4f
2:	pop AT(CPU_SP)
	pop AT(CPU_SS)
	jmp 4f
3:	.irp name, SP, SS, ES, DS, FS, GS
	pop AT(CPU_\name)
	.endr
4:	mov eax, cr2
	mov AT(CPU_CR2), eax
	cld
	mov eax, KDS
	mov es, eax
	mov ss, eax
	mov fs, eax
	mov gs, eax
	cmp dword ptr [host_sp], 0
	je unexpected
	mov esp, [host_sp]
	mov eax, AT(CPU_VECTOR)
	mov eax, [hook + eax * 4]
	test eax, eax
	jz 2f
	call eax
	test eax, eax
	jnz resume
2:	mov esp, [host_sp]
	mov dword ptr [host_sp], 0
	pop edi
	pop esi
	pop ebx
	pop ebp
	ret
#endif

# A trap that nobody asked for, in the image itself.
unexpected:
	lea esp, [host_stack_top]
	call lost

	.bss
	.balign 4096
#ifdef __x86_64__
	.global page_tables
page_tables:
	.skip 0x6000
#endif
	.skip 16384
host_stack_top:
	.global host_sp
host_sp:
	.skip 8
