// How well words find a text: 0 not at all; every word has to. Beginnings go before what lies within, that before letters in order.
const folded = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();

const inOrder = (word, text) => {
  let at = -1;
  return [...word].every((letter) => (at = text.indexOf(letter, at + 1)) >= 0);
};

const scoreOf = (word, label, more) => {
  const at = label.indexOf(word);
  if (at === 0) return 9;
  if (at > 0) return /[\s\-/.:·]/.test(label[at - 1]) ? 7 : 5;
  if (more.includes(word)) return 3;
  return [...word].length > 1 && inOrder(word, label.slice(0, 40)) ? 1 : 0;
};

const fuzzy = (query, label, more = "") => {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const scores = words.map((word) => scoreOf(word, folded(label), folded(more)));
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 1);
};

// What cancels an order is no hit by chance, as by a word of its prompt: of several only whoever writes what stands on the
// button sees any. One alone is offered.
const isMeant = (words, all) => ({ ends }) => {
  const [first] = folded(words).split(/\s/);
  if (!ends) return true;
  return words ? first.length > 1 && scoreOf(first, ends, "") > (/[a-z]/.test(first) ? 5 : 1) : all.filter((option) => option.ends).length === 1;
};
