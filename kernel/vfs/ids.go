package vfs

import "vitrine/engine/state"

// IDs of the arenas' records.
type (
	InodeID  = state.ID
	DentryID = state.ID
	FileID   = state.ID
	TableID  = state.ID
	FSID     = state.ID // of a super block or of an fs_struct
)
