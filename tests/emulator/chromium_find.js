(steps) => {
  const said = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const nameOf = (one) => said(one.getAttribute("aria-label") ?? one.innerText);
  const fits = (name, wanted, exact) => (exact ? name === wanted : name.includes(wanted));
  const labelOf = (one) => said(one.getAttribute("aria-label") ?? one.labels?.[0]?.innerText);
  const deepest = (ones) => ones.filter((one) => !ones.some((other) => other !== one && one.contains(other)));
  const step = (found, { css, hasText, button, exact, label, text, nth }) => {
    const inside = (selector) => [...new Set(found.flatMap((one) => [...one.querySelectorAll(selector)]))];
    if (nth !== undefined) return found.slice(nth).slice(0, 1);
    if (button !== undefined) return inside("button, [role=button]").filter((one) => fits(nameOf(one), button, exact));
    if (label !== undefined) return inside("input, select, textarea").filter((one) => fits(labelOf(one), label, false));
    if (text !== undefined) return deepest(inside("*").filter((one) => said(one.innerText).includes(text)));
    return inside(css).filter((one) => !hasText || said(one.innerText).includes(said(hasText)));
  };
  return steps.reduce(step, [document]);
}
