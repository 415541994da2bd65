package main

import (
	"fmt"
	"reflect"
)

func fields(v any) reflect.Value { return reflect.ValueOf(v) }

// differences lists the fields in which two values differ.
func differences(path string, a, b reflect.Value) (list []string) {
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			list = append(list, differences(path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))...)
		}
		return list
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return []string{fmt.Sprintf("%s: %d elements, %d", path, a.Len(), b.Len())}
		}
		for i := range a.Len() {
			list = append(list, differences(fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i))...)
		}
		return list[:min(len(list), 20)]
	}
	if a.Interface() != b.Interface() {
		list = append(list, fmt.Sprintf("%s: %v, %v", path, a, b))
	}
	return list
}
