#!/usr/bin/env python3
"""Makes `index.z`, what completion and help know of std, from the sources of the pinned toolchain (component rust-src):

    python3 src/cli/syntax/complete/index/make.py [FOLDER]

rustdoc writes core, alloc and std as JSON into FOLDER, or reads them there if they exist. The index is Rust text, so that
the code that reads a cell's items reads std's as well: lines of modules, then one block for each type and trait with
signatures and first sentences. Unstable and deprecated names are left out.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

HERE = Path(__file__).parent
TOOLCHAIN = re.search(r'channel = "([^"]+)"', (HERE.parents[4] / "rust-toolchain.toml").read_text()).group(1)
# Not for cells: intrinsics of processors, other systems, what only macros expand to.
LEFT_OUT = ("std::arch", "std::simd", "std::intrinsics", "std::os::", "std::prelude", "std::autodiff", "std::backtrace_rs")
SKIPPED_TRAITS = {"Send", "Sync", "Unpin", "Freeze", "UnwindSafe", "RefUnwindSafe", "StructuralPartialEq", "Any", "UseCloned",
                  "CoerceUnsized", "DispatchFromDyn", "TrustedLen", "FusedIterator", "SourceIter", "InPlaceIterable",
                  "UnsafeUnpin", "Destruct", "PinCoerceUnsized", "DerefPure", "LegacyReceiver", "ConstParamTy_", "TrivialClone",
                  "CloneToUninit", "CloneFromCell", "SpecFromIter", "TrustedRandomAccessNoCoerce", "TrustedStep", "ZeroablePrimitive", "Fn", "FnMut", "FnOnce", "AsyncFn", "AsyncFnMut", "AsyncFnOnce"}
KINDS = {"struct": "s", "enum": "e", "union": "s", "trait": "t", "type_alias": "y", "primitive": "p"}
PRELUDE = "Option Result Vec String Box Iterator Clone Copy Debug Display Default Ordering Rc Arc Cell RefCell Mutex HashMap " \
          "HashSet BTreeMap Duration Path PathBuf File Write Read Command Instant"


def rustdoc(folder):
    """core, alloc and std as JSON; alloc and std against the toolchain's own metadata."""
    root = subprocess.run(["rustc", f"+{TOOLCHAIN}", "--print", "sysroot"], capture_output=True, text=True, check=True)
    root = Path(root.stdout.strip()) / "lib/rustlib"
    host = next(path for path in root.iterdir() if (path / "lib").is_dir() and list(path.glob("lib/libtest-*.rlib")))
    externs = [f"{re.match('lib(.*)-', path.name).group(1)}={path}" for path in host.glob("lib/*.rmeta")]
    externs = [one for one in externs if not one.startswith(("std=", "test=", "proc_macro=", "compiler_builtins="))]
    environment = {**os.environ, "RUSTC_BOOTSTRAP": "1", "STD_ENV_ARCH": "x86_64"}
    for crate in ("core", "alloc", "std"):
        if (folder / f"{crate}.json").exists():
            continue
        source = root / f"src/rust/library/{crate}/src/lib.rs"
        command = ["rustdoc", f"+{TOOLCHAIN}", source, "--crate-name", crate, "--edition", "2024", "-o", folder]
        command += ["--output-format", "json", "-Zunstable-options", "-Zforce-unstable-if-unmarked", "--cap-lints", "allow"]
        if crate == "std":
            command += ["--cfg", "backtrace_in_libstd", "--cfg", 'feature="backtrace"', "--cfg", 'feature="panic-unwind"']
            command += [part for one in externs for part in ("--extern", one)]
        subprocess.run(command, env=environment, check=True)


def path_of(entry):
    """The canonical path; a primitive and a macro may share theirs with a module."""
    apart = {"primitive": "prim", "macro": "macro", "proc_derive": "macro", "proc_attribute": "macro"}
    return f"{apart[entry['kind']]}::{entry['path'][-1]}" if entry["kind"] in apart else "::".join(entry["path"])


class Crate:
    def __init__(self, folder, name):
        data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        self.name, self.index, self.root = name, data["index"], data["root"]
        self.paths = {int(key): path_of(value) for key, value in data["paths"].items()}


CRATES, BY_PATH, PUBLIC, KEYS = [], {}, {}, {}


def is_out(item):
    return any("Stability {stability: Stability {level: Unstable" in attribute.get("other", "") for attribute in item["attrs"] if isinstance(attribute, dict)) \
        or item["deprecation"] is not None or "doc_hidden" in str(item["attrs"]) or "doc(hidden)" in str(item["attrs"])


def sentence(item):
    text = (item["docs"] or "").strip().split("\n\n")[0].replace("\n", " ")
    text = re.sub(r"\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])?", r"\1", text)
    found = re.match(r"(.*?[.!?:])(\s|$)", text)
    while found and re.search(r"(e\.g|i\.e|etc)\.$", found.group(1)):
        found = re.match(r"(.{%d}.*?[.!?:])(\s|$)" % len(found.group(1)), text)
    return (found.group(1) if found else text)[:180].strip().lstrip("#").strip()


class Writer:
    """Writes the types and signatures of one crate's items; allocators are left out."""

    def __init__(self, crate):
        self.crate, self.dropped = crate, set()

    def key(self, ident, written):
        path = self.crate.paths.get(ident)
        return KEYS.get(path) or written.rsplit("::", 1)[-1]

    def args(self, args):
        if not args:
            return ""
        if "parenthesized" in args:
            inside = args["parenthesized"]
            end = f" -> {self.ty(inside['output'])}" if inside["output"] else ""
            return "(" + ", ".join(map(self.ty, inside["inputs"])) + ")" + end
        if "angle_bracketed" not in args:
            return ""
        out = []
        for one in args["angle_bracketed"]["args"]:
            if "lifetime" in one:
                out.append(one["lifetime"])
            elif "type" in one:
                if one["type"].get("generic") not in self.dropped and self.ty(one["type"]) != "Global":
                    out.append(self.ty(one["type"]))
            elif "const" in one:
                out.append(one["const"]["expr"])
        for one in args["angle_bracketed"]["constraints"]:
            binding = one["binding"]
            if "equality" in binding and "type" in binding["equality"]:
                out.append(f"{one['name']} = {self.ty(binding['equality']['type'])}")
        return f"<{', '.join(out)}>" if out else ""

    def bounds(self, bounds):
        out = []
        for one in bounds:
            if "trait_bound" in one:
                of = one["trait_bound"]
                mark = "?" if of["modifier"] == "maybe" else ""
                name = self.key(of["trait"]["id"], of["trait"]["path"])
                if name not in ("Allocator", "Destruct", "MetaSized", "PointeeSized"):
                    out.append(mark + name + self.args(of["trait"]["args"]))
            elif "outlives" in one:
                out.append(one["outlives"])
        return " + ".join(out)

    def ty(self, ty):
        kind, inside = next(iter(ty.items())) if isinstance(ty, dict) else (ty, None)
        if kind == "resolved_path":
            return self.key(inside["id"], inside["path"]) + self.args(inside["args"])
        if kind == "dyn_trait":
            names = [self.key(one["trait"]["id"], one["trait"]["path"]) + self.args(one["trait"]["args"]) for one in inside["traits"]]
            return "dyn " + " + ".join(names + ([inside["lifetime"]] if inside["lifetime"] else []))
        if kind in ("generic", "primitive"):
            return "!" if inside == "never" else inside
        if kind == "tuple":
            return "(" + ", ".join(map(self.ty, inside)) + ("," if len(inside) == 1 else "") + ")"
        if kind == "slice":
            return f"[{self.ty(inside)}]"
        if kind == "array":
            return f"[{self.ty(inside['type'])}; {inside['len']}]"
        if kind == "impl_trait":
            return "impl " + self.bounds(inside)
        if kind == "borrowed_ref":
            life = inside["lifetime"] + " " if inside["lifetime"] else ""
            to = self.ty(inside["type"])
            return f"&{life}{'mut ' if inside['is_mutable'] else ''}{f'({to})' if ' + ' in to and to.startswith(('dyn', 'impl')) else to}"
        if kind == "raw_pointer":
            return f"*{'mut' if inside['is_mutable'] else 'const'} {self.ty(inside['type'])}"
        if kind == "qualified_path":
            of = self.ty(inside["self_type"])
            if of == "Self" or not inside["trait"] or not inside["trait"]["path"]:
                return f"{of}::{inside['name']}"
            name = self.key(inside["trait"]["id"], inside["trait"]["path"])
            return f"<{of} as {name}{self.args(inside['trait']['args'])}>::{inside['name']}"
        if kind == "function_pointer":
            sig = inside["sig"]
            end = f" -> {self.ty(sig['output'])}" if sig["output"] else ""
            return "fn(" + ", ".join(self.ty(one) for _, one in sig["inputs"]) + ")" + end
        return "_"

    def generics(self, generics):
        params, wheres = [], []
        for one in generics["params"]:
            (kind, inside), name = next(iter(one["kind"].items())), one["name"]
            if kind == "type" and not inside["is_synthetic"]:
                if "'trait': {'path': 'Allocator'" in str(inside["bounds"]) or "'path': 'Allocator'" in str(inside["bounds"]):
                    self.dropped.add(name)
                    continue
                bounds = self.bounds(inside["bounds"])
                default = f" = {self.ty(inside['default'])}" if inside["default"] else ""
                params.append(name + (f": {bounds}" if bounds else "") + default)
            elif kind == "lifetime" and not name.startswith("'_"):
                params.append(name)
            elif kind == "const":
                params.append(f"const {name}: {self.ty(inside['type'])}")
        for one in generics["where_predicates"]:
            if "bound_predicate" in one:
                of, bounds = self.ty(one["bound_predicate"]["type"]), self.bounds(one["bound_predicate"]["bounds"])
                if bounds and of not in self.dropped:
                    wheres.append(f"{of}: {bounds}")
        return (f"<{', '.join(params)}>" if params else ""), (f" where {', '.join(wheres)}" if wheres else "")

    def function(self, item):
        of = item["inner"]["function"]
        params, wheres = self.generics(of["generics"])
        inputs = []
        for name, ty in of["sig"]["inputs"]:
            if name == "self":
                text = self.ty(ty)
                short = {"Self": "self", "&Self": "&self", "&mut Self": "&mut self"}
                inputs.append(short.get(text, re.sub(r"^&('\w+) (mut )?Self$", r"&\1 \2self", text) if re.match(r"^&'\w+ (mut )?Self$", text) else f"self: {text}"))
            else:
                name = name if re.fullmatch(r"\w+", name) and name != "type" else "_"
                inputs.append(f"{name}: {self.ty(ty)}")
        output = of["sig"]["output"]
        end = f" -> {self.ty(output)}" if output else ""
        head = ("const " if of["header"]["is_const"] else "") + ("unsafe " if of["header"]["is_unsafe"] else "")
        return f"{head}fn {item['name']}{params}({', '.join(inputs)}){end}{wheres}"


def documented(item, text):
    said = sentence(item)
    return (f"///{said}\n" if said else "") + text


def public_tree():
    """Every public path of std: module -> [(kind, name, canonical path, crate, item)]."""
    tree, waiting, seen = {}, [("std", CRATES[2], CRATES[2].index[str(CRATES[2].root)])], set()

    def found(module, crate, ident, name, depth=0):
        item = crate.index.get(str(ident))
        if item is None or "use" not in item["inner"] and ident in crate.paths and crate.paths[ident] in BY_PATH:
            path = crate.paths.get(ident)
            if path not in BY_PATH:
                return
            crate, ident = BY_PATH[path]
            item = crate.index[str(ident)]
        kind, inside = next(iter(item["inner"].items()))
        if kind == "use":
            if inside["id"] is None or depth > 4 or is_out(item):
                return
            if not inside["is_glob"]:
                return found(module, crate, inside["id"], inside["name"], depth + 1)
            target = crate.index.get(str(inside["id"]))
            if target is None and crate.paths.get(inside["id"]) in BY_PATH:
                crate, at = BY_PATH[crate.paths[inside["id"]]]
                target = crate.index[str(at)]
            if target and "module" in target["inner"]:
                for one in target["inner"]["module"]["items"]:
                    found(module, crate, one, None, depth + 1)
            return
        if is_out(item) or item["visibility"] not in ("public", "default"):
            return
        name = name or item["name"]
        path = f"{module}::{name}"
        if not name or path.startswith(LEFT_OUT) or kind == "impl":
            return
        if kind == "module":
            if path not in seen:
                seen.add(path)
                waiting.append((path, crate, item))
        elif kind == "proc_macro":
            kind = "macro" if "bang" in str(inside) else kind
        tree[module].append((kind, name, crate.paths.get(ident, path), crate, item))

    while waiting:
        module, crate, item = waiting.pop(0)
        tree[module] = []
        for one in item["inner"]["module"]["items"]:
            found(module, crate, one, None)
    return tree


def name_keys(tree):
    """A unique short name for every type and trait: its own, or with the module before it."""
    places = {}
    for module, entries in sorted(tree.items(), key=lambda one: (one[0].count("::"), one[0])):
        for kind, name, path, crate, item in entries:
            if kind in KINDS:
                places.setdefault(path, (module, name))
    by_name = {}
    for path, (module, name) in places.items():
        by_name.setdefault(name, []).append((path, module))
    for name, those in by_name.items():
        for path, module in those:
            if len(those) == 1 or path.startswith("prim::") or name in PRELUDE.split() and module.count("::") == min(m.count("::") for _, m in those) \
                    and path == {"Result": "core::result::Result", "Debug": "core::fmt::Debug", "Path": "std::path::Path",
                                 "Write": "std::io::Write", "Ordering": "core::cmp::Ordering"}.get(name, path):
                KEYS[path] = name
            else:
                KEYS[path] = f"{module.rsplit('::', 1)[-1]}::{name}"
    taken = {}
    for path, key in list(KEYS.items()):
        if key in taken:
            KEYS[path] = places[path][0].removeprefix("std::").replace("::", "::") + "::" + places[path][1]
        taken[KEYS[path]] = path
    return places


def subject(crate, ty):
    """The canonical path of the type an impl is for; None for references, parameters and the like."""
    kind, inside = next(iter(ty.items())) if isinstance(ty, dict) else (ty, None)
    if kind == "resolved_path":
        return crate.paths.get(inside["id"])
    if kind == "primitive":
        return f"prim::{inside}"
    if kind in ("slice", "array"):
        return f"prim::{kind}"
    if kind == "raw_pointer":
        return "prim::pointer"
    return None


def impls():
    """The impls of each type: canonical path -> texts."""
    out, once = {}, set()
    for crate in CRATES:
        for item in crate.index.values():
            if "impl" not in item["inner"] or is_out(item):
                continue
            of = item["inner"]["impl"]
            path = subject(crate, of["for"])
            if path is None or of["is_synthetic"] or of["blanket_impl"] or of["is_negative"]:
                continue
            writer = Writer(crate)
            params, wheres = writer.generics(of["generics"])
            who, body = writer.ty(of["for"]), []
            if of["trait"]:
                name = writer.key(of["trait"]["id"], of["trait"]["path"])
                if name in SKIPPED_TRAITS or crate.paths.get(of["trait"]["id"]) not in KEYS or (path, name) in once:
                    continue
                once.add((path, name))
                for one in of["items"]:
                    inner = crate.index.get(str(one))
                    if inner and "assoc_type" in inner["inner"] and inner["inner"]["assoc_type"]["type"]:
                        body.append(f"type {inner['name']} = {writer.ty(inner['inner']['assoc_type']['type'])};\n")
                text = f"impl{params} {name}{writer.args(of['trait']['args'])} for {who}{wheres} {{{''.join(body)}}}\n"
            else:
                body = [member(writer, crate.index.get(str(one))) for one in of["items"]]
                if not any(body):
                    continue
                text = f"impl{params} {who}{wheres} {{\n{''.join(body)}}}\n"
            # rustdoc writes the impls of primitives into each crate.
            if text not in out.setdefault(path, []):
                out[path].append(text)
    return out


def slices_of_alloc(bodies):
    """`sort`, `join` and the like: rustdoc leaves alloc's methods of slices out of its JSON."""
    root = subprocess.run(["rustc", f"+{TOOLCHAIN}", "--print", "sysroot"], capture_output=True, text=True, check=True)
    source = Path(root.stdout.strip()) / "lib/rustlib/src/rust/library/alloc/src/slice.rs"
    for head, body in re.findall(r"^(impl(?:<T>)? \[\w+\]) \{\n(.*?)^\}", source.read_text(encoding="utf-8"), re.M | re.S):
        methods = []
        for before, signature in re.findall(r"((?:^    (?:///|#)[^\n]*\n)+)    pub (fn .*?)\n? +\{$", body, re.M | re.S):
            if "#[unstable" in before or "deprecated" in before or "Allocator" in signature:
                continue
            docs = "\n".join(line.strip()[4:] for line in before.splitlines() if line.strip().startswith("///"))
            signature = re.sub(r"\s+", " ", signature).replace(", where", " where").replace("mut compare", "compare").replace("mut f:", "f:")
            signature = signature.replace("<Self as Join<Separator>>::Output", "String") if "join" in signature else signature
            signature = signature.replace("<Self as Concat<Item>>::Output", "String")
            methods.append(documented({"docs": docs}, signature.rstrip(" ,") + "{}\n"))
        if methods:
            bodies.setdefault("prim::slice", []).append(f"{head} {{\n{''.join(methods)}}}\n")


def member(writer, item):
    if item is None or is_out(item) or item["visibility"] not in ("public", "default"):
        return ""
    kind, inside = next(iter(item["inner"].items()))
    if kind == "function":
        return documented(item, writer.function(item) + "{}\n")
    if kind == "assoc_const":
        return documented(item, f"const {item['name']}: {writer.ty(inside['type'])} = 0;\n")
    return ""


def declaration(crate, item, key):
    kind, inside = next(iter(item["inner"].items()))
    writer, name = Writer(crate), item["name"]
    if kind == "primitive":
        return documented(item, "")
    params, wheres = writer.generics(inside["generics"])
    if kind == "trait":
        body = []
        for one in inside["items"]:
            inner = crate.index.get(str(one))
            if inner and not is_out(inner):
                if "assoc_type" in inner["inner"]:
                    body.append(f"type {inner['name']};\n")
                elif "function" in inner["inner"]:
                    end = "{}\n" if inner["inner"]["function"]["has_body"] else ";\n"
                    body.append(documented(inner, writer.function(inner) + end))
        supers = writer.bounds(inside["bounds"])
        return documented(item, f"trait {name}{params}{': ' + supers if supers else ''}{wheres} {{\n{''.join(body)}}}\n")
    if kind == "type_alias":
        return documented(item, f"type {name}{params} = {writer.ty(inside['type'])};\n")
    if kind == "enum":
        body = []
        for one in inside["variants"]:
            variant = crate.index.get(str(one))
            if variant is None or is_out(variant):
                continue
            shape = variant["inner"]["variant"]["kind"]
            text = ""
            if isinstance(shape, dict) and "tuple" in shape:
                fields = [crate.index.get(str(field)) for field in shape["tuple"]]
                text = "(" + ", ".join(writer.ty(field["inner"]["struct_field"]) if field else "_" for field in fields) + ")"
            body.append(documented(variant, f"{variant['name']}{text},\n"))
        return documented(item, f"enum {name}{params} {{\n{''.join(body)}}}\n")
    fields = inside.get("fields", []) if kind == "union" else inside["kind"]
    plain = fields.get("plain", {}).get("fields", []) if isinstance(fields, dict) else []
    body = []
    for one in plain:
        field = crate.index.get(str(one))
        if field and not is_out(field):
            body.append(f"{field['name']}: {writer.ty(field['inner']['struct_field'])}, ")
    return documented(item, f"struct {name}{params} {{ {''.join(body)}}}\n")


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    rustdoc(folder)
    CRATES.extend(Crate(folder, name) for name in ("core", "alloc", "std"))
    for crate in CRATES:
        for ident, path in crate.paths.items():
            if str(ident) in crate.index and path.split("::")[0] in (crate.name, "prim", "macro"):
                BY_PATH.setdefault(path, (crate, ident))
    tree = public_tree()
    places = name_keys(tree)
    lines, blocks, written = [TOOLCHAIN], [], set()
    bodies = impls()
    slices_of_alloc(bodies)
    for module in sorted(tree):
        lines.append(f"@{module}")
        for kind, name, path, crate, item in sorted(tree[module], key=lambda one: one[1]):
            if kind in KINDS:
                key = KEYS[path]
                lines.append(f"{KINDS[kind]} {name}" + (f"\t{key}" if key != name else ""))
                if path not in written:
                    written.add(path)
                    text = declaration(crate, item, key) + "".join(bodies.get(path, []))
                    blocks.append(f"#{key}\t{'::'.join(places[path])}\n{text}")
            elif kind == "function":
                lines.append(f"f {name}\t{Writer(crate).function(item)}\t{sentence(item)}")
            elif kind in ("constant", "static"):
                ty = item["inner"][kind]["type"]
                lines.append(f"c {name}\t{Writer(crate).ty(ty)}\t{sentence(item)}")
            elif kind == "macro":
                lines.append(f"d {name}\t\t{sentence(item)}")
            elif kind == "module":
                lines.append(f"m {name}\t\t{sentence(item)}")
    text = "\n".join(lines) + "\n" + "".join(blocks)
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9)
    packed = packer.compress(text.encode()) + packer.flush()
    (HERE / "index.z").write_bytes(packed)
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(text, encoding="utf-8")
    print(f"{len(tree)} modules, {len(blocks)} types and traits, {len(text)} bytes, {len(packed)} compressed")


if __name__ == "__main__":
    main()
