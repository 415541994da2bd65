// The moments that the site ships: their picture stands where the live one will.

// dress puts a shipped moment's picture in the place of the general one, in the reader's theme.
function dressPoster() {
  const shipped = moments.find((m) => m.id === asked().get("scene"));
  if (!shipped || shipped.id === "machine") return;
  const picture = document.createElement("img");
  picture.className = "still";
  picture.alt = `${shipped.title}. ${shipped.description}`;
  picture.src = whereIs(`s/${shipped.id}${document.documentElement.dataset.theme === "dark" ? "-dark" : ""}.png`);
  picture.onload = () => { $("poster").querySelector("svg").replaceWith(picture); $("poster").setAttribute("aria-label", picture.alt); };
}
