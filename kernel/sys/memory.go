package sys

import (
	"vitrine/engine/mem"
	"vitrine/kernel"
	"vitrine/kernel/mm"
)

// memoryUse is how the frames of RAM are used, in bytes.
type memoryUse struct {
	total, free, buffers, cached, anon, tables, stacks, shared uint64
	swap, swapFree, swapCached                                 uint64
	limit, promised, locked, huge                              uint64
}

func memory(k *kernel.Kernel) memoryUse {
	f := &k.MM.State.Frames
	bytes := func(u mm.Use) uint64 { return uint64(f.Count[u]) * mem.FrameSize }
	swap, used := k.MM.SwapSize()
	return memoryUse{
		swap:       swap * mem.FrameSize,
		swapFree:   (swap - used) * mem.FrameSize,
		swapCached: k.MM.SwapCached() * mem.FrameSize,
		total:      k.MM.TotalFrames() * mem.FrameSize,
		free:       bytes(mm.Free),
		cached:     bytes(mm.PageCache) + bytes(mm.SharedMemory),
		anon:       bytes(mm.Anonymous),
		tables:     bytes(mm.PageTable),
		stacks:     bytes(mm.KernelStack),
		shared:     bytes(mm.SharedMemory),
		limit:      k.MM.CommitLimit() * mem.FrameSize,
		promised:   uint64(k.MM.State.Commit.Pages) * mem.FrameSize,
		huge:       k.MM.HugePages() * mm.HugeFrames * mem.FrameSize,
		locked:     k.MM.LockedFrames() * mem.FrameSize,
	}
}
