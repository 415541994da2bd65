package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strings"
)

// site is the address of the built folder, with a slash at its end; "" when nobody said it. Whoever shows a preview of a link
// wants whole addresses; without them the ones here are relative, which some understand.
type address string

var errSite = errors.New("the site's address must begin with http:// or https:// and have neither ? nor #")

func parseSite(text string) (address, error) {
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsAny(text, "?#") {
		return "", errSite
	}
	return address(strings.TrimSuffix(u.String(), "/") + "/"), nil
}

// from is an address in the site for a page in the folder s, or in the site's root when up is "".
func (s address) from(up, name string) string {
	if s == "" {
		return up + name
	}
	return string(s) + name
}

// card is what a link looks like where it is shown: in chats, search results, course pages.
type card struct{ title, description, url, image, oembed string }

// tags are the card as OpenGraph's and Twitter's elements, and where the oEmbed answer is.
func (c card) tags() string {
	var b strings.Builder
	tag := func(kind, name, value string) {
		if value == "" {
			return
		}
		fmt.Fprintf(&b, "<meta %s=\"%s\" content=\"%s\">\n", kind, name, html.EscapeString(value))
	}
	tag("property", "og:type", "website")
	tag("property", "og:site_name", "Vitrine")
	tag("property", "og:title", c.title)
	tag("property", "og:description", c.description)
	tag("property", "og:url", c.url)
	tag("property", "og:image", c.image)
	tag("property", "og:image:type", "image/png")
	tag("property", "og:image:width", fmt.Sprint(previewW))
	tag("property", "og:image:height", fmt.Sprint(previewH))
	tag("property", "og:image:alt", "Vitrine: "+c.title)
	tag("name", "twitter:card", "summary_large_image")
	tag("name", "twitter:title", c.title)
	tag("name", "twitter:description", c.description)
	tag("name", "twitter:image", c.image)
	fmt.Fprintf(&b, "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"%s\" title=\"%s\">\n", html.EscapeString(c.oembed), html.EscapeString(c.title))
	return b.String()
}

// pageCard is the card of index.html, which opens the first moment.
func pageCard(s address, m *moment) card {
	return card{m.Title, m.Description, s.from("", ""), s.from("", "s/"+m.ID+".png"), s.from("", "s/"+m.ID+".json")}
}

// page is the moment's own small page: a card for who shows a preview, a way on to the machine for who follows the link, with
// nothing that runs.
func (m *moment) page(s address) string {
	c := card{m.Title, m.Description, s.from("", "s/"+m.ID+".html"), s.from("", "s/"+m.ID+".png"), s.from("", "s/"+m.ID+".json")}
	if s == "" {
		c.url, c.image, c.oembed = m.ID+".html", m.ID+".png", m.ID+".json"
	}
	open, title := html.EscapeString("../index.html#"+m.Link), html.EscapeString(m.Title)
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>` + title + ` · Vitrine</title>
<meta name="description" content="` + html.EscapeString(m.Description) + `">
` + c.tags() + `<meta http-equiv="refresh" content="0; url=` + open + `">
</head>
<body>
<h1>` + title + `</h1>
<p>` + html.EscapeString(m.Description) + `</p>
<p><a href="` + open + `">Open this moment in the machine</a></p>
<p><img src="` + html.EscapeString(m.ID) + `.png" alt="` + title + `" width="` + fmt.Sprint(previewW/2) + `" height="` + fmt.Sprint(previewH/2) + `"></p>
</body>
</html>
`
}

// Size of an embed in CSS pixels, unless somebody chooses another: a course page's column.
const (
	embedW = 960
	embedH = 720
)

// oEmbed is the answer for who wants to embed the moment. oembed.com, 2.3.4
func (m *moment) oEmbed(s address) ([]byte, error) {
	src := s.from("../", "index.html#embed=1&"+m.Link)
	answer := map[string]any{
		"version": "1.0", "type": "rich", "title": m.Title, "provider_name": "Vitrine", "provider_url": s.from("../", ""),
		"width": embedW, "height": embedH,
		"html": fmt.Sprintf(`<iframe src="%s" title="%s" width="%d" height="%d" loading="lazy" sandbox="allow-scripts" style="border:0;max-width:100%%"></iframe>`,
			html.EscapeString(src), html.EscapeString(m.Title), embedW, embedH),
		"thumbnail_url": s.from("", m.ID+".png"), "thumbnail_width": previewW, "thumbnail_height": previewH,
	}
	if s != "" {
		answer["thumbnail_url"] = s.from("", "s/"+m.ID+".png")
	}
	return json.MarshalIndent(answer, "", "  ")
}
