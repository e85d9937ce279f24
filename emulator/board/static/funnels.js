// The list of funnels on the left.
import { funnels } from "./directory.js";
import { fill, h, icon } from "./dom.js";
import { view } from "./pipeline.js";

const root = document.getElementById("funnels");

export function drawFunnels() {
  fill(
    root,
    h("h2", {}, "Воронки"),
    h(
      "ul",
      {},
      funnels.map(({ id, name }) => {
        const current = id === view.category;
        return h(
          "li",
          {},
          h(
            `a${current ? ".current" : ""}`,
            { href: `#/funnel/${id}`, "aria-current": current ? "page" : null },
            icon("funnel"),
            h("span.funnel-name", {}, name),
            h("span.funnel-count", {}, view.counts.get(id) ?? 0),
          ),
        );
      }),
    ),
  );
}
