package dev

// date is a moment in the Gregorian calendar, UTC.
type date struct{ year, month, day, hour, minute, second int }

// dateOf splits a Unix time. The calendar is counted from 1 March 0000, so that leap days come last in their year
// and their 400-year cycle has 146097 days.
func dateOf(unix int64) date {
	days, rest := floorDiv(unix, 86400)
	z := days + 719468 // from 0000-03-01
	era, doe := floorDiv(z, 146097)
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d := date{
		year: int(yoe + era*400), month: int(mp + 3), day: int(doy - (153*mp+2)/5 + 1),
		hour: int(rest / 3600), minute: int(rest / 60 % 60), second: int(rest % 60),
	}
	if d.month > 12 {
		d.month -= 12
		d.year++
	}
	return d
}

// unix is the inverse of dateOf.
func (d date) unix() int64 {
	y, m := int64(d.year), int64(d.month)
	if m <= 2 {
		y--
		m += 12
	}
	era, yoe := floorDiv(y, 400)
	doy := (153*(m-3)+2)/5 + int64(d.day) - 1
	days := era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
	return days*86400 + int64(d.hour)*3600 + int64(d.minute)*60 + int64(d.second)
}

// field is the value of a clock register. Sunday is weekday 1.
func (d date) field(r uint8) int {
	switch r {
	case rtcSeconds:
		return d.second
	case rtcMinutes:
		return d.minute
	case rtcHours:
		return d.hour
	case rtcWeekday:
		days, _ := floorDiv(d.unix(), 86400)
		_, w := floorDiv(days+4, 7)
		return int(w) + 1
	case rtcDay:
		return d.day
	case rtcMonth:
		return d.month
	case rtcYear:
		return d.year % 100
	}
	return d.year / 100
}

// set changes the value of a clock register.
func (d *date) set(r uint8, v int) {
	switch r {
	case rtcSeconds:
		d.second = v
	case rtcMinutes:
		d.minute = v
	case rtcHours:
		d.hour = v
	case rtcDay:
		d.day = v
	case rtcMonth:
		d.month = v
	case rtcYear:
		d.year = d.year/100*100 + v
	case rtcCentury:
		d.year = v*100 + d.year%100
	}
}

// floorDiv divides rounding down; the rest is not negative.
func floorDiv(a, b int64) (q, r int64) {
	q, r = a/b, a%b
	if r < 0 {
		q--
		r += b
	}
	return q, r
}
