// Freezes everything that a script can reach without making it, so that no run leaves anything to the next.
"use strict";
(() => {
  Math.random = random;
  delete globalThis.random;
  for (const name of ["Atomics", "FinalizationRegistry", "SharedArrayBuffer", "WeakRef"]) {
    delete globalThis[name];
  }
  const { freeze, defineProperty, getPrototypeOf, getOwnPropertyDescriptor } = Object;
  const { ownKeys } = Reflect;

  // What is inherited and frozen cannot be set on an heir: these become pairs of functions that can.
  const enable = (object, names) => {
    for (const name of names) {
      const found = getOwnPropertyDescriptor(object, name);
      if (!found || !found.configurable || !("value" in found)) continue;
      const value = found.value;
      defineProperty(object, name, {
        get() {
          return value;
        },
        set(given) {
          if (this === object) throw new TypeError(`${String(name)} belongs to everybody and cannot be set`);
          defineProperty(this, name, { value: given, writable: true, enumerable: true, configurable: true });
        },
        enumerable: found.enumerable,
        configurable: false,
      });
    }
  };
  enable(Object.prototype, ownKeys(Object.prototype).filter((name) => name !== "__proto__"));
  enable(Array.prototype, ["constructor", "toString", "concat", "push"]);
  enable(Function.prototype, ["constructor", "toString", "bind"]);
  enable(Promise.prototype, ["constructor", "then"]);
  enable(Date.prototype, ["constructor", "toString", "toJSON"]);
  for (const kind of [Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
    enable(kind.prototype, ["constructor", "message", "name", "toString"]);
  }

  // What only syntax makes.
  const made = [
    function* () {},
    async function () {},
    async function* () {},
    (function* () {})(),
    (async function* () {})(),
    [][Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    ""[Symbol.iterator](),
    "".matchAll(/x/g),
    Int8Array,
    Iterator.from({ next() {} }),
    [].values().map((x) => x),
    (function () {
      return getOwnPropertyDescriptor(arguments, "callee").get;
    })(),
  ];
  const open = [globalThis];
  for (const value of made) {
    for (let next = value; next; next = getPrototypeOf(next)) open.push(next);
  }
  const seen = new Set();
  while (open.length > 0) {
    const value = open.pop();
    if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) continue;
    seen.add(value);
    freeze(value);
    open.push(getPrototypeOf(value));
    for (const key of ownKeys(value)) {
      const found = getOwnPropertyDescriptor(value, key);
      open.push(found.value, found.get, found.set);
    }
  }
})();
