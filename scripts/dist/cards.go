package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strings"

	"vitrine/scenes"
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
type card struct{ title, description, url, image, alt, oembed string }

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
	tag("property", "og:image:alt", c.alt)
	tag("name", "twitter:card", "summary_large_image")
	tag("name", "twitter:title", c.title)
	tag("name", "twitter:description", c.description)
	tag("name", "twitter:image", c.image)
	tag("name", "twitter:image:alt", c.alt)
	fmt.Fprintf(&b, "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"%s\" title=\"%s\">\n", html.EscapeString(c.oembed), html.EscapeString(c.title))
	return b.String()
}

// sceneCard is a scene's card for a page at url; folder leads from there to the folder s.
func sceneCard(sc *scenes.Scene, s address, at, folder string) card {
	return card{sc.Title, sc.Brief, at, s.from("", folder+sc.ID+".png"), sc.Alt, s.from("", folder+sc.ID+".oembed.json")}
}

// pageCard is the card of index.html, which shows just the machine.
func pageCard(sc *scenes.Scene, s address) card { return sceneCard(sc, s, s.from("", ""), "s/") }

// scenePage is the scene's own small page: a card for who shows a preview, a way on to the machine for who follows the link,
// with nothing that runs.
func scenePage(sc *scenes.Scene, s address) string {
	folder := "s/"
	if s == "" {
		folder = ""
	}
	c := sceneCard(sc, s, s.from("", folder+sc.ID+".html"), folder)
	open, title, brief := html.EscapeString("../index.html#scene="+url.QueryEscape(sc.ID)), html.EscapeString(sc.Title), html.EscapeString(sc.Brief)
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>` + title + ` · Vitrine</title>
<meta name="description" content="` + brief + `">
` + c.tags() + `<meta http-equiv="refresh" content="0; url=` + open + `">
</head>
<body>
<h1>` + title + `</h1>
<p>` + brief + `</p>
<p><a href="` + open + `">Open this scene in the machine</a></p>
<p><img src="` + html.EscapeString(sc.ID) + `.png" alt="` + html.EscapeString(sc.Alt) + `" width="` + fmt.Sprint(previewW/2) + `" height="` + fmt.Sprint(previewH/2) + `"></p>
</body>
</html>
`
}

// Size of an embed in CSS pixels, unless somebody chooses another: a course page's column.
const (
	embedW = 960
	embedH = 720
)

// oEmbed is the answer for who wants to embed the scene. oembed.com, 2.3.4
func oEmbed(sc *scenes.Scene, s address) ([]byte, error) {
	src := s.from("../", "index.html#embed=1&scene="+url.QueryEscape(sc.ID))
	answer := map[string]any{
		"version": "1.0", "type": "rich", "title": sc.Title, "provider_name": "Vitrine", "provider_url": s.from("../", ""),
		"width": embedW, "height": embedH,
		"html": fmt.Sprintf(`<iframe src="%s" title="%s" width="%d" height="%d" loading="lazy" sandbox="allow-scripts" style="border:0;max-width:100%%"></iframe>`,
			html.EscapeString(src), html.EscapeString(sc.Title), embedW, embedH),
		"thumbnail_url": s.from("", sc.ID+".png"), "thumbnail_width": previewW, "thumbnail_height": previewH,
	}
	if s != "" {
		answer["thumbnail_url"] = s.from("", "s/"+sc.ID+".png")
	}
	return json.MarshalIndent(answer, "", "  ")
}
