// Draws openapi.json: operations by module, then types. No library, nothing from elsewhere.

const METHODS = ["get", "post", "put", "patch", "delete"];

/** An element with attributes and children; text is always set as text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== ""));
  return element;
}

/** Text in which `code` is set apart. */
function prose(text) {
  return text.split(/(`[^`]+`)/).map((part) => (part.startsWith("`") ? make("code", {}, part.slice(1, -1)) : part));
}

/** A type in one line, with links to those that have names. */
function type(schema) {
  if (!schema || Object.keys(schema).length === 0) return ["any"];
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return [make("a", { href: `#type-${name}` }, name)];
  }
  const choices = schema.anyOf || schema.oneOf;
  if (choices) return choices.flatMap((choice, place) => (place ? [" | ", ...type(choice)] : type(choice)));
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(" | ")];
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.type === "array") return ["[", ...(schema.prefixItems ? schema.prefixItems.flatMap(type) : type(schema.items)), "]"];
  if (schema.type === "object" && schema.additionalProperties) return ["{…: ", ...type(schema.additionalProperties), "}"];
  return [schema.format && schema.format !== "int64" ? `${schema.type} (${schema.format})` : String(schema.type)];
}

/** What else holds of a value: its bounds, its default, what it means. */
function notes(schema) {
  const said = [];
  const end = 2 ** 63;
  if (schema.minimum !== undefined && schema.minimum > -end) said.push(`≥ ${schema.minimum}`);
  if (schema.maximum !== undefined && schema.maximum < end) said.push(`≤ ${schema.maximum}`);
  if (schema.exclusiveMinimum !== undefined) said.push(`> ${schema.exclusiveMinimum}`);
  if (schema.exclusiveMaximum !== undefined) said.push(`< ${schema.exclusiveMaximum}`);
  if (schema.minLength) said.push(`at least ${schema.minLength} characters`);
  if (schema.maxLength !== undefined) said.push(`at most ${schema.maxLength} characters`);
  if (schema.minItems) said.push(`at least ${schema.minItems}`);
  if (schema.maxItems !== undefined) said.push(`at most ${schema.maxItems}`);
  if (schema.pattern) said.push(`like ${schema.pattern}`);
  if (schema.default !== undefined && schema.default !== null) said.push(`otherwise ${JSON.stringify(schema.default)}`);
  if (schema.description) said.push(schema.description);
  return said.length ? [" — ", said.join(", ")] : [];
}

function row(name, schema, isRequired, description = "") {
  const must = isRequired ? [" ", make("span", { class: "must" }, "required")] : [];
  const told = description ? [make("br"), ...prose(description)] : [];
  return make("tr", {}, make("td", {}, name, ...must), make("td", {}, make("span", { class: "type" }, ...type(schema)), ...notes(schema), ...told));
}

function fields(schema) {
  const required = new Set(schema.required || []);
  return make("table", {}, make("tbody", {}, Object.entries(schema.properties || {}).map(([name, field]) => row(name, field, required.has(name)))));
}

function response(api, status, answer) {
  if (answer.$ref) answer = api.components.responses[answer.$ref.split("/").pop()];
  const [title, , ...lines] = answer.description.split("\n");
  const schema = Object.values(answer.content || {})[0]?.schema;
  const answered = make("p", { class: "type" }, ...(schema ? type(schema) : []));
  // A summary is a button to who hears the page: what is in it can be read, and its links stand below.
  const head = make("summary", {}, make("b", {}, status), ` ${title} `, make("span", { class: "type" }, answered.textContent));
  const listed = lines.filter(Boolean).map((line) => make("li", {}, ...prose(line.replace(/^- /, ""))));
  return make("details", {}, head, answered.querySelector("a") ? answered : "", listed.length ? make("ul", {}, listed) : "");
}

function security(operation) {
  if (!operation.security) return "";
  const isOptional = operation.security.some((way) => Object.keys(way).length === 0);
  return make("span", { class: "lock" }, isOptional ? "token welcome" : "token needed");
}

function operationCard(api, { path, method, operation }) {
  const body = Object.entries(operation.requestBody?.content || {});
  const title = make("h3", {}, make("span", { class: `method ${method}` }, method), make("a", { href: `#${operation.operationId}` }, path), security(operation));
  const card = make("article", { id: operation.operationId }, title, make("p", {}, ...prose(operation.summary)));
  if (operation.description) card.append(make("p", { class: "quiet" }, ...prose(operation.description)));
  if (operation.parameters) {
    const rows = operation.parameters.map((each) => row(`${each.name} · ${each.in}`, each.schema, each.required, each.description));
    card.append(make("h4", {}, "Parameters"), make("table", {}, make("tbody", {}, rows)));
  }
  if (body.length) {
    const rows = body.map(([media, { schema }]) => row(media, schema, operation.requestBody.required));
    card.append(make("h4", {}, "Body"), make("table", {}, make("tbody", {}, rows)));
  }
  card.append(make("h4", {}, "Answers"), ...Object.entries(operation.responses).map(([status, answer]) => response(api, status, answer)));
  return card;
}

function typeCard([name, schema]) {
  const card = make("article", { id: `type-${name}` }, make("h3", {}, make("a", { href: `#type-${name}` }, name)));
  if (schema.description) card.append(make("p", { class: "quiet" }, ...prose(schema.description)));
  card.append(schema.properties ? fields(schema) : make("p", { class: "type" }, ...type(schema)));
  return card;
}

function draw(api, wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (...texts) => words.every((word) => texts.join(" ").toLowerCase().includes(word));
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]).map((method) => ({ path, method, operation: methods[method] })),
  );
  const found = operations.filter(({ path, method, operation }) => fits(path, method, operation.operationId, operation.summary, operation.tags[0]));
  const types = Object.entries(api.components.schemas).filter(([name]) => fits(name));
  const contents = [];
  const main = [];
  for (const { name } of api.tags) {
    const group = found.filter(({ operation }) => operation.tags.includes(name));
    if (!group.length) continue;
    contents.push(make("h2", {}, name), ...group.map(link));
    main.push(make("h2", {}, name), ...group.map((each) => operationCard(api, each)));
  }
  if (types.length) {
    contents.push(make("h2", {}, "types"), ...types.map(([name]) => make("a", { href: `#type-${name}` }, name)));
    main.push(make("h2", {}, "types"), ...types.map(typeCard));
  }
  document.getElementById("contents").replaceChildren(...contents);
  document.getElementById("main").replaceChildren(...(main.length ? main : [make("p", { class: "quiet" }, "Nothing fits.")]));
}

function link({ path, method, operation }) {
  const short = path.replace(/^\/api\/v1/, "");
  const label = make("span", { class: `method ${method}` }, method === "delete" ? "del" : method);
  return make("a", { href: `#${operation.operationId}`, title: operation.summary }, label, make("span", {}, short));
}

async function start() {
  const answer = await fetch("/openapi.json");
  const api = await answer.json();
  const search = document.getElementById("search");
  search.addEventListener("input", () => draw(api, search.value));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  window.addEventListener("hashchange", () => {
    // A link to what the search has hidden shows everything again.
    if (location.hash && !document.getElementById(location.hash.slice(1))) {
      search.value = "";
      draw(api, "");
      document.getElementById(location.hash.slice(1))?.scrollIntoView();
    }
  });
  document.title = `${api.info.title} API ${api.info.version}`;
  draw(api, "");
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

start().catch(() => {
  document.getElementById("main").replaceChildren(make("p", { class: "quiet" }, "The document could not be read."));
});
