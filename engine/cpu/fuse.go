package cpu

// fuse joins a conditional jump with the comparison before it, and drops no-operations into what stands before them.
// It returns false when u has to be emitted by itself.
func (t *translator) fuse(u *Uop) bool {
	if len(t.uops) == 0 {
		return false
	}
	p := &t.uops[len(t.uops)-1]
	if p.family() || int(p.Len)+int(u.Len) > 255 {
		return false
	}
	switch u.Kind {
	case kindNop:
	case kindJcc:
		fused := fusedKind[p.Kind&kindMask]
		if fused == 0 || u.Fn == 0 {
			return false
		}
		p.Kind = p.Kind&KindLoad | fused
		p.Fn, p.Form = u.Fn, u.Form
	default:
		return false
	}
	p.Len += u.Len
	p.ASize += u.ASize
	return true
}

// fusedKind is what a comparison and a conditional jump become.
var fusedKind = [KindLoad]uint16{kindCmp: kindCmpJcc, kindCmpR: kindCmpRJcc, kindTest: kindTestJcc, kindTestR: kindTestRJcc}

// joinLoop joins an addition and the comparison with a conditional jump behind it, as loops end.
func (t *translator) joinLoop() {
	n := len(t.uops)
	if n < 2 || t.uops[n-1].Kind != kindCmpJcc {
		return
	}
	add, u := &t.uops[n-2], t.uops[n-1]
	if add.Kind != kindAddN && (add.Kind != kindSubN || add.Src != 8*RegZero) || int(add.Len)+int(u.Len) > 255 {
		return
	}
	u.Kind = kindAddCmpJcc
	u.Base, u.Index, u.Scale, u.Disp = add.Dst, add.Src, add.Seg, add.Imm
	if add.Kind == kindSubN {
		u.Disp = -add.Imm
	}
	u.Len += add.Len
	u.ASize += add.ASize
	*add = u
	t.uops = t.uops[:n-1]
}

// flagless is the kind that does the same without setting flags.
var flagless = [KindLoad]uint16{kindAdd: kindAddN, kindSub: kindSubN, kindAnd: kindAndN, kindOr: kindOrN, kindXor: kindXorN,
	kindShl: kindShlN, kindShr: kindShrN, kindSar: kindSarN, kindInc: kindAddN, kindDec: kindSubN, kindRol: kindRolN, kindCmp: kindNop, kindTest: kindNop}

// dropFlags replaces instructions whose flags are overwritten before anybody can see them. A fault shows them, so only
// uops that cannot fault may lie in between.
func dropFlags(uops []Uop) {
	dead := false
	for i := len(uops) - 1; i >= 0; i-- {
		u := &uops[i]
		if u.Kind&KindLoad != 0 {
			dead = false
			continue
		}
		if dead && flagless[u.Kind] != 0 {
			u.Kind = flagless[u.Kind]
			continue
		}
		switch u.Kind {
		case kindAdd, kindSub, kindAnd, kindOr, kindXor, kindShl, kindShr, kindSar, kindCmp, kindTest, kindNeg,
			kindCmpJcc, kindTestJcc:
			dead = true
		case kindTwo:
			dead = u.Fn == twoImul // the others read CF
		case kindNop, kindMov, kindMovsx, kindLea, kindAddN, kindSubN, kindAndN, kindOrN, kindXorN, kindShlN, kindShrN, kindSarN,
			kindMovLow, kindRol, kindRolN, kindXMov, kindXLow:
		default:
			dead = false
		}
	}
}
