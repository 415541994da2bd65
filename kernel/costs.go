package kernel

// The kernel's work is Go and retires no guest instructions; these charges stand for it on the clock. One unit is
// one instruction of the guest, 10 ns. The figures are the order of magnitude of the instructions that Linux spends.
const (
	costSyscall  = 100   // entry, dispatch and exit work of a system call
	costInvoke   = 20    // each invocation of its handler
	costSwitch   = 300   // __switch_to and the choice of the next task
	costTick     = 200   // tick_handle_periodic
	costIRQ      = 100   // do_IRQ
	costFault    = 400   // handle_mm_fault
	costCopyPage = 512   // copy_page, clear_page
	costFork     = 4000  // copy_process
	costExec     = 12000 // begin_new_exec and the binary format
	costExit     = 2000  // do_exit, with the pages of a small program
	costFreePage = 20    // zap_pte_range and free_unref_page for a page of a large one
	costSignal   = 500   // setup_rt_frame, rt_sigreturn
	costCopy     = 16    // bytes that copy_to_user and copy_from_user move for one unit
	costDisk     = 2000  // a command to the disk: what a fast drive takes
	costDiskCopy = 8     // bytes that programmed I/O moves for one unit; the processor polls meanwhile
	costLook     = 20    // folio_check_references: a look at a frame that may leave memory
	costEvict    = 500   // shrink_folio_list: taking a page out of the tables and the cache
	costPrintk   = 200   // vprintk_emit
)

// UnitNS is the length of one clock unit in nanoseconds: the machine runs at 100 MHz.
const UnitNS = 10

// Charge adds kernel work to the clock.
func (k *Kernel) Charge(units uint64) {
	k.M.Charge(units)
	k.Trace.Now = k.M.Now()
}

// Now is the guest's monotonic time in nanoseconds.
func (k *Kernel) Now() uint64 { return k.M.Now() * UnitNS }

// CallCost is what is charged before a system call's event is told: who counts instructions by the clock takes it off.
const CallCost = costSyscall

// ChargeCopy is the time that moving n bytes within memory takes.
func (k *Kernel) ChargeCopy(n int) { k.Charge(uint64(n) / costCopy) }

// ChargeDisk is the time that a transfer of n bytes from or to the disk takes.
func (k *Kernel) ChargeDisk(n int) { k.Charge(costDisk + uint64(n)/costDiskCopy) }
