/*
 * Service 0x13: the disk is drive 0x80. "IBM PC AT Technical Reference", and for block numbers "BIOS Enhanced Disk Drive
 * Specification" (T13 1226DT).
 */
#include "bios.inc"
#include "ports.inc"
	.section .text

	.equ	TRACK, 63		/* sectors in a track; heads: see geometry */
	.equ	LBA_END, 1 << 28
	.equ	ID_SECTORS, EBDA_SECTOR + 60 * 2	/* words 60 and 61 */

	.equ	E_COMMAND, 0x01		/* status of an operation */
	.equ	E_SECTOR, 0x04
	.equ	E_DRIVE, 0x20

	.globl	int13_disk
int13_disk:
	service
	cmpb	$0x80, %dl
	jne	bad_command
	case	0x02, disk_read
	case	0x42, disk_read_blocks
	case	0x08, disk_parameters
	case	0x41, disk_extensions
	case	0x48, disk_parameters_blocks
	case	0x15, disk_type
	case	0x03, disk_write
	case	0x43, disk_write_blocks
	case	0x01, disk_status
	movb	%ah, %al		/* what needs nothing done: reset, verify, seek, test, recalibrate */
	movw	$OFFSET(nothing_to_do), %di
	movw	$(nothing_end - nothing_to_do), %cx
	pushw	%cs
	popw	%es
	repne scasb
	je	disk_ok
bad_command:
	movb	$E_COMMAND, %ah
	jmp	disk_end
disk_ok:
	movb	$0, %ah
/* disk_end: return the status AH, carry when it is an error. */
disk_end:
	movb	%ah, F_AH(%bp)
	movb	%ah, BDA_DISK_STATUS
	testb	%ah, %ah
	jz	service_ok
	jmp	service_fail

disk_status:
	movb	BDA_DISK_STATUS, %al
	movb	%al, F_AL(%bp)
	jmp	disk_ok

/* disk_read, disk_write: AL sectors at cylinder CH and bits 7:6 of CL, head DH, sector CL, to or from ES:BX. */
disk_read:
	movb	$ATA_READ_SECTORS, %al
	jmp	1f
disk_write:
	movb	$ATA_WRITE_SECTORS, %al
1:	pushw	%ax
	call	geometry		/* BX heads */
	movw	F_CX(%bp), %cx
	movb	%ch, %al
	movb	%cl, %ah
	shrb	$6, %ah			/* AX cylinder */
	mulw	%bx			/* below 1024 × 255: DX:AX */
	pushw	%dx
	pushw	%ax
	popl	%eax
	movzbl	F_DX + 1(%bp), %edx
	addl	%edx, %eax
	imull	$TRACK, %eax
	andl	$0x3f, %ecx		/* the sector, from 1 on */
	jz	2f
	decl	%ecx
	addl	%ecx, %eax
	movw	F_BX(%bp), %di
	movzbw	F_AL(%bp), %cx
	popw	%bx			/* BL command */
	call	transfer
	movb	%cl, %al
	subb	%al, F_AL(%bp)		/* sectors that were moved */
	jmp	disk_end
2:	popw	%ax
	jmp	bad_command

/* disk_read_blocks, disk_write_blocks: as the packet at DS:SI says: count at 2, address at 4, block at 8. */
disk_read_blocks:
	movb	$ATA_READ_SECTORS, %bl
	jmp	1f
disk_write_blocks:
	movb	$ATA_WRITE_SECTORS, %bl
1:	movw	F_DS(%bp), %ds
	movw	2(%si), %cx
	movw	4(%si), %di
	movw	6(%si), %es
	movl	8(%si), %eax
	cmpl	$0, 12(%si)
	jne	2f
	pushw	%si
	call	transfer
	popw	%si
	subw	%cx, 2(%si)
	pushw	$0
	popw	%ds
	jmp	disk_end
2:	movw	$0, 2(%si)
	pushw	$0
	popw	%ds
	movb	$E_SECTOR, %ah
	jmp	disk_end

/*
 * transfer: CX sectors from block EAX on, by the command BL, to or from ES:DI. AH is the status, CX what is left. The
 * address is brought to a small offset, as a transfer may be as large as a segment.
 */
transfer:
	movw	%di, %dx
	shrw	$4, %dx
	andw	$15, %di
	movw	%es, %si
	addw	%si, %dx
	movw	%dx, %es
	jcxz	3f
1:	cmpl	$LBA_END, %eax
	jae	4f
	pushw	%di
	pushl	%eax
	cmpb	$ATA_WRITE_SECTORS, %bl
	je	5f
	call	read_sector
2:	popl	%eax
	popw	%di
	jc	4f
	incl	%eax
	movw	%es, %dx
	addw	$(512 >> 4), %dx
	movw	%dx, %es
	loop	1b
3:	movb	$0, %ah
	ret
4:	movb	$E_SECTOR, %ah
	ret
5:	call	write_sector
	jmp	2b

/* write_sector: ES:DI to the sector EAX; carry is set when the drive reports an error. */
write_sector:
	pushw	%cx
	pushw	%dx
	movb	$ATA_WRITE_SECTORS, %ch
	call	start_ata
	jc	1f
	pushw	%ds
	pushw	%es
	popw	%ds
	movw	%di, %si
	movw	$256, %cx
	rep outsw
	popw	%ds
	movw	$ATA_STATUS, %dx
	inb	%dx, %al
	testb	$(ATA_ERR | ATA_DF), %al	/* clears carry */
	jz	1f
	stc
1:	popw	%dx
	popw	%cx
	ret

/* identify: EAX = sectors of the disk. The drive's answer lies in the extended data area. */
identify:
	pushw	%es
	pushw	%cx
	pushw	%dx
	pushw	%di
	pushw	$EBDA_SEGMENT
	popw	%es
	xorl	%eax, %eax
	movb	$ATA_IDENTIFY, %ch
	call	start_ata
	movw	$256, %cx
	movw	$EBDA_SECTOR, %di
	rep insw
	movl	%es:ID_SECTORS, %eax
	popw	%di
	popw	%dx
	popw	%cx
	popw	%es
	ret

/* geometry: BX = heads, CX = cylinders, at most 1024, that the disk is shown with; EAX as of identify. Up to 504 MiB it
   has 16 heads, above 255. */
geometry:
	pushw	%dx
	call	identify
	pushl	%eax
	movl	$16, %ebx
	cmpl	$(1024 * 16 * TRACK), %eax
	jbe	1f
	movb	$255, %bl
1:	imull	$TRACK, %ebx, %ecx
	xorl	%edx, %edx
	divl	%ecx
	cmpl	$1024, %eax
	jbe	2f
	movw	$1024, %ax
2:	testw	%ax, %ax
	jnz	3f
	incw	%ax
3:	movw	%ax, %cx
	popl	%eax
	popw	%dx
	ret

/* disk_parameters: CH and bits 7:6 of CL the last cylinder, CL sectors, DH the last head, DL how many disks. */
disk_parameters:
	call	geometry
	decw	%cx
	xchgb	%cl, %ch
	shlb	$6, %cl
	orb	$TRACK, %cl
	movw	%cx, F_CX(%bp)
	decw	%bx
	movb	%bl, %dh
	movb	BDA_DISKS, %dl
	movw	%dx, F_DX(%bp)
	movw	$0, F_AX(%bp)
	jmp	disk_ok

/* disk_type: AH 3 is a disk; CX:DX its sectors. */
disk_type:
	call	identify
	movw	%ax, F_DX(%bp)
	shrl	$16, %eax
	movw	%ax, F_CX(%bp)
	movb	$3, F_AH(%bp)
	jmp	service_ok

disk_extensions:
	cmpw	$0x55aa, %bx
	jne	bad_command
	movw	$0xaa55, F_BX(%bp)
	movb	$0x21, F_AH(%bp)	/* version 1.1 */
	movw	$1, F_CX(%bp)		/* transfers by packet */
	jmp	service_ok

/* disk_parameters_blocks: 26 bytes to DS:SI: size, flags, cylinders, heads, sectors in a track, sectors, bytes in one. */
disk_parameters_blocks:
	movw	F_DS(%bp), %es
	movw	%si, %di
	cmpw	$26, %es:(%di)
	jb	bad_command
	call	geometry
	pushl	%eax
	movw	$26, %ax
	stosw
	movw	$2, %ax			/* the geometry is valid */
	stosw
	movzwl	%cx, %eax
	stosl
	movzwl	%bx, %eax
	stosl
	movl	$TRACK, %eax
	stosl
	popl	%eax
	stosl
	xorl	%eax, %eax
	stosl
	movw	$512, %ax
	stosw
	jmp	disk_ok

nothing_to_do:	.byte	0x00, 0x04, 0x0c, 0x0d, 0x10, 0x11, 0x44, 0x47
nothing_end:
