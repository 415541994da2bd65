package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"vitrine/kernel/boot"
)

// Links of older versions of the engine open for ever. The page of each version stands in engines/VERSION, with a list of the
// files of the site that it needs; they have their content in their name, so versions share what is equal. A site that is made
// takes over the versions of the one before it.

const (
	enginesFolder = "engines"
	versionsFile  = "versions.json" // the numbers of the versions, lowest first
	neededFile    = "files.json"    // what a version's page needs, as paths from the site's folder
)

// addEngines gives this version its folder and takes over the others' from the site before.
func addEngines(fresh, before string, manifest map[string]File) error {
	own := filepath.Join(fresh, enginesFolder, strconv.Itoa(boot.Version))
	if err := os.MkdirAll(own, 0o755); err != nil {
		return err
	}
	page, err := os.ReadFile(filepath.Join(fresh, "index.html"))
	if err != nil {
		return err
	}
	text := string(page)
	for _, file := range manifest {
		text = strings.ReplaceAll(text, file.URL, "../../"+file.URL)
	}
	if err := os.WriteFile(filepath.Join(own, "index.html"), []byte(text), 0o644); err != nil {
		return err
	}
	needed, err := neededFiles(fresh, manifest)
	if err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(own, neededFile), needed); err != nil {
		return err
	}
	versions, err := takeOver(fresh, before)
	if err != nil {
		return err
	}
	versions = append(versions, boot.Version)
	slices.Sort(versions)
	return writeJSON(filepath.Join(fresh, enginesFolder, versionsFile), versions)
}

// neededFiles lists what the page of this version fetches.
func neededFiles(fresh string, manifest map[string]File) ([]string, error) {
	var needed []string
	for _, file := range manifest {
		needed = append(needed, file.URL)
	}
	for _, folder := range []string{"fonts", "chunks"} {
		found, err := filepath.Glob(filepath.Join(fresh, folder, "*"))
		if err != nil {
			return nil, err
		}
		for _, path := range found {
			needed = append(needed, folder+"/"+filepath.Base(path))
		}
	}
	slices.Sort(needed)
	return needed, nil
}

// takeOver copies other versions from the site before, and returns their numbers.
func takeOver(fresh, before string) (versions []uint64, err error) {
	found, err := os.ReadDir(filepath.Join(before, enginesFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, entry := range found {
		version, err := strconv.ParseUint(entry.Name(), 10, 32)
		if err != nil || version == boot.Version || entry.Name() != strconv.FormatUint(version, 10) {
			continue
		}
		if err := takeOverOne(fresh, before, entry.Name()); err != nil {
			return nil, fmt.Errorf("engine %d of %s: %w", version, before, err)
		}
		versions = append(versions, version)
	}
	return versions, nil
}

func takeOverOne(fresh, before, name string) error {
	folder := filepath.Join(enginesFolder, name)
	if err := os.CopyFS(filepath.Join(fresh, folder), os.DirFS(filepath.Join(before, folder))); err != nil {
		return err
	}
	list, err := os.ReadFile(filepath.Join(before, folder, neededFile))
	if err != nil {
		return err
	}
	var needed []string
	if err := json.Unmarshal(list, &needed); err != nil {
		return err
	}
	for _, path := range needed {
		if !filepath.IsLocal(path) {
			return fmt.Errorf("%s lists %q", neededFile, path)
		}
		to := filepath.Join(fresh, path)
		if _, err := os.Stat(to); err == nil {
			continue // its name says that it is the same
		}
		data, err := os.ReadFile(filepath.Join(before, path))
		if err != nil {
			return err
		}
		if err := os.WriteFile(to, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o644)
}
