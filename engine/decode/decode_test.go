package decode

import (
	"encoding/hex"
	"testing"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		hex  string
		len  int
		text string
		err  error
	}{
		{"f30f1efa", 4, "endbr64", nil},
		{"0f01c1", 3, "vmcall", nil},
		{"480f1f00", 4, "nop qword ptr [rax]", nil},
		{"660f1f840000000000", 9, "nop word ptr [rax+rax], ax", nil},
		{"f3480f1ec8", 5, "nop rax", nil},
		{"0f1900", 3, "nop dword ptr [rax]", nil},
		{"488b85fcfeffff", 7, "mov rax, qword ptr [rbp-0x104]", nil},
		{"f089c8", 0, "", ErrUndefined},
		{"f00fb10f", 4, "lock cmpxchg dword ptr [rdi], ecx", nil},
		{"4866b80100", 5, "mov ax, 0x1", nil},
		{"c0f003", 3, "shl al, 0x3", nil},
		{"f6c801", 3, "test al, 0x1", nil},
		{"0faee9", 3, "lfence", nil},
		{"f30faee8", 0, "", ErrUndefined},
		{"666666666666666666666666666666", 0, "", ErrTooLong},
		{"6666666666666666666666666666b801", 0, "", ErrTooLong},
		{"660f38f603", 5, "adcx eax, dword ptr [rbx]", nil},
		{"66480f38f6c3", 6, "adcx rax, rbx", nil},
		{"f3490f38f6c7", 6, "adox rax, r15", nil},
		{"0f38f603", 0, "", ErrUndefined}, // WRSS
		{"0fc7f8", 3, "rdseed eax", nil},
		{"660fc7f8", 4, "rdseed ax", nil},
		{"490fc7ff", 4, "rdseed r15", nil},
		{"480fc7f0", 4, "rdrand rax", nil},
		{"480fc733", 0, "", ErrUndefined}, // VMPTRLD
		{"f30fc7f9", 4, "rdpid rcx", nil},
		{"f30fc7f1", 0, "", ErrUndefined}, // SENDUIPI
		{"0f01ca", 3, "clac", nil},
		{"0f01cb", 3, "stac", nil},
		{"660fae3b", 4, "clflushopt zmmword ptr [rbx]", nil},
		{"660fae33", 4, "clwb zmmword ptr [rbx]", nil},
		{"f30f38f003", 0, "", ErrUndefined}, // MOVBE with F3
		{"660f01d0", 0, "", ErrUndefined},   // XGETBV with a prefix
		{"f30fc723", 0, "", ErrUndefined},   // XSAVEC with a prefix
		{"dcd1", 2, "fcom st0, st1", nil},
		{"d9d9", 2, "fstpnce st1, st0", nil},
		{"dbe4", 2, "fnsetpm", nil},
		{"66480f3a610b05", 7, "pcmpestriq xmm1, xmmword ptr [rbx], 0x5", nil},
		{"f30fae23", 0, "", ErrUndefined},                         // PTWRITE
		{"0f24c1", 0, "", ErrUndefined},                           // MOV from TR0
		{"2e2e2e2e2ef32e2e2e2e2e2e2e0f24c1", 0, "", ErrUndefined}, // 15 bytes show that
		{"f00f22c0", 0, "", ErrUndefined},                         // LOCK MOV CR0 is AMD's
		{"f2488b03", 4, "mov rax, qword ptr [rbx]", nil},
		{"66e801000000", 6, "call .+0x1", nil},
		{"c4e260f203", 5, "andn eax, ebx, dword ptr [rbx]", nil},
		{"c4e260f20501000000", 9, "andn eax, ebx, dword ptr [rip+0x1]", nil},
		{"64c4e260f203", 6, "andn eax, ebx, dword ptr fs:[rbx]", nil},
		{"c4c2e0f2c1", 5, "andn rax, rbx, r9", nil},
		{"c4e270f703", 5, "bextr eax, dword ptr [rbx], ecx", nil},
		{"c4e2f8f31b", 5, "blsi rax, qword ptr [rbx]", nil},
		{"c4e37bf00305", 6, "rorx eax, dword ptr [rbx], 0x5", nil},
		{"c4e373f00305", 0, "", ErrUndefined}, // VEX.vvvv ≠ 1111
		{"c4e264f203", 0, "", ErrUndefined},   // VEX.L
		{"66c4e260f203", 0, "", ErrUndefined},
		{"48c4e260f203", 0, "", ErrUndefined},
		{"f0c4e260f203", 0, "", ErrUndefined},
		{"2e2e2e2e2e2e2e2e2e2e2e2e2e0f0fdf", 0, "", ErrUndefined}, // 3DNow!: 15 bytes, as there is no ModRM
		{"48", 0, "", ErrTruncated},
		{"e90000", 0, "", ErrTruncated},
		{"0fff", 0, "", ErrTruncated},
	} {
		b, _ := hex.DecodeString(c.hex)
		if c.err == ErrUndefined {
			b = append(b, make([]byte, MaxLen)...)
		}
		inst, err := Decode(b, 64)
		if err != c.err {
			t.Errorf("%s: error %v, want %v", c.hex, err, c.err)
			continue
		}
		if err != nil {
			continue
		}
		if inst.Len != c.len {
			t.Errorf("%s: length %d, want %d", c.hex, inst.Len, c.len)
		}
		if got := Text(inst, 0, Intel, nil); got != c.text {
			t.Errorf("%s: %q, want %q", c.hex, got, c.text)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{0xf3, 0x0f, 0x1e, 0xfa}, uint8(2))
	f.Add([]byte{0x48, 0x66, 0x0f, 0x18, 0x84, 0x24, 1, 2, 3, 4}, uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, mode uint8) {
		inst, err := Decode(b, 16<<(mode%3))
		if err != nil {
			return
		}
		if inst.Len < 1 || inst.Len > MaxLen || inst.Len > len(b) || inst.Op == 0 {
			t.Fatalf("% x: length %d, op %v", b, inst.Len, inst.Op)
		}
		if int(inst.Op) >= 1<<13 || Text(inst, 0, Intel, nil) == "" {
			t.Fatalf("% x: no text", b)
		}
		again, err := Decode(b[:inst.Len], 16<<(mode%3))
		if err != nil || again.Op != inst.Op || again.Len != inst.Len {
			t.Fatalf("% x: not the same without what follows: %v %v", b, again, err)
		}
	})
}

// TestCutOff: what more bytes may make an instruction of is truncated, however little of it is there; what they cannot, is not.
func TestCutOff(t *testing.T) {
	for _, c := range []struct {
		hex string
		err error
	}{
		{"c4", ErrTruncated}, {"c4e2", ErrTruncated}, {"c4e2e0", ErrTruncated}, {"c4e2e0f7", ErrTruncated}, {"c4e2e0f718", nil},
		{"0f", ErrTruncated}, {"0f38", ErrTruncated}, {"0f3804", ErrTruncated}, {"0f0a", ErrUndefined}, {"0f38a4c0", ErrUndefined},
		{"f30f3a88c7", ErrTruncated}, {"f30f3a88c700", ErrUndefined}, {"66", ErrTruncated}, {"06", ErrUndefined},
	} {
		b, _ := hex.DecodeString(c.hex)
		if _, err := Decode(b, 64); err != c.err {
			t.Errorf("%s: %v, want %v", c.hex, err, c.err)
		}
	}
}
