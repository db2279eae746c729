-- A real Helix with the files of `docs/editors/helix`, driven by keys in a terminal of Neovim's.
--
--     QUDAO_BIN=FOLDER HELIX_RUNTIME=FOLDER nvim -l tests/editors-real/helix.lua HX PARSER
local hx, parser = arg[1], arg[2]
local root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(vim.fs.abspath(arg[0]))))
local work = vim.fn.tempname()
local config = work .. "/helix"
vim.fn.mkdir(config .. "/runtime/grammars", "p")
assert(vim.uv.fs_copyfile(root .. "/docs/editors/helix/languages.toml", config .. "/languages.toml"))
assert(vim.uv.fs_copyfile(root .. "/docs/editors/helix/config.toml", config .. "/config.toml"))
assert(vim.uv.fs_symlink(root .. "/docs/editors/helix/runtime/queries", config .. "/runtime/queries"))
assert(vim.uv.fs_copyfile(parser, config .. "/runtime/grammars/qudao.so"))
local env = { PATH = vim.env.QUDAO_BIN .. ":" .. vim.env.PATH, XDG_CONFIG_HOME = work, XDG_CACHE_HOME = work, TERM = "xterm-256color", COLORTERM = "truecolor" }
local made = vim.system({ vim.env.QUDAO_BIN .. "/qudao", "new", "shop" }, { cwd = work }):wait()
assert(made.code == 0, made.stderr)
local shop = work .. "/shop"
-- The settings for profiles stand behind the others.
local settings = vim.fn.readfile(config .. "/languages.toml")
vim.list_extend(settings, vim.fn.readfile(root .. "/docs/editors/helix/profiles.toml"))
vim.fn.writefile(settings, config .. "/languages.toml")

local health = vim.system({ hx, "--health", "qudao" }, { env = env, text = true }):wait()
local plain = (health.stdout .. health.stderr):gsub("\27%[[%d;]*m", "")
print(plain)
assert(plain:find("qudao: [^\n]*bin/qudao") or plain:find("qudao: [^\n]*/qudao"), "Helix does not find the server")
for _, wanted in ipairs({ "Tree%-sitter parser: ✓", "Highlight queries: ✓" }) do
  assert(plain:find(wanted), "Helix: no " .. wanted)
end

vim.o.columns, vim.o.lines = 100, 40
local terminal = vim.fn.jobstart({ hx, "shop.qd" }, { term = true, cwd = shop, env = env, width = 100, height = 36 })
local buffer = vim.api.nvim_get_current_buf()
local function screen()
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
end
local function keys(text)
  vim.fn.chansend(terminal, vim.keycode(text))
  vim.wait(150)
end
local function shows(what, text, plainly)
  local came = vim.wait(20000, function()
    return screen():find(text, 1, plainly ~= false) ~= nil
  end, 50)
  assert(came, what .. ": `" .. text .. "` does not come\n" .. screen())
  print("ok: " .. what)
end
local function written(what, path, text)
  local came = vim.wait(20000, function()
    return table.concat(vim.fn.readfile(shop .. "/" .. path), "\n"):find(text) ~= nil
  end, 100)
  assert(came, what .. "\n" .. screen())
  print("ok: " .. what)
end

-- What is found is selected; `;` leaves one character of it alone.
local ok, failed = pcall(function()
  shows("it opens", "A ruleset to start from")
  -- What is wrong, as one types, and its fix.
  keys("/c.fee > budget<CR>")
  keys("iorderz > 3 per month and <Esc>")
  keys("/orderz<CR>")
  shows("a mistake is told", "no field is named `orderz`")
  keys("<Space>a")
  shows("its fix is offered", "write `orders`")
  keys("<CR>")
  shows("the fix", "orders > 3 per month and c.fee")
  -- What may follow.
  keys("/orders > 3<CR>inot perm")
  shows("a name is offered", "permit   field")
  keys("<C-n><CR> and <Esc>")
  shows("completion", "not permit and orders > 3")
  -- What a name is.
  keys("/permit and<CR>;")
  keys("<Space>k")
  shows("what a name is", "Do you hold a trader's permit?")
  keys("<Esc>")
  -- Another name, in all files.
  keys("/budget\\}<CR>;")
  keys("<Space>r")
  shows("the new name is asked for", "rename-to:")
  keys("<C-u>most<CR>")
  shows("the new name", "{most} is what there is")
  -- The layout, as it is saved.
  keys("/not permit<CR>i      <Esc>")
  keys(":write-all<CR>")
  written("it is saved, laid out", "shop.qd", "\n  when    not permit and orders > 3 per month and c.fee > most\n")
  written("the other file is saved", "tests.qd", "most < 60")
  -- The tests, by a key.
  keys("<Space>qt")
  shows("the tests are run", "property nobody_pays_too_much")
  keys("<Esc>")
  -- A profile.
  keys(":open profiles/beginner.yaml<CR>")
  shows("a profile opens", "with little money")
  keys("geoordrs: 3<Esc>")
  shows("a mistake in a profile is told", "has no field `ordrs`")
end)
vim.fn.jobstop(terminal)
vim.fn.delete(work, "rf")
if not ok then
  io.stderr:write(failed .. "\n")
  os.exit(1)
end
