-- A real Neovim with the files of `docs/editors/neovim`, driven by keys.
--
--     QUDAO_BIN=FOLDER nvim -l tests/editors-real/neovim.lua NVIM PARSER
--
-- NVIM is the Neovim that is driven, PARSER the library that tree-sitter built; the folder holds the program.
local nvim, parser = arg[1], arg[2]
local root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(vim.fs.abspath(arg[0]))))
local work = vim.fn.tempname()
vim.fn.mkdir(work .. "/rtp/parser", "p")
assert(vim.uv.fs_copyfile(parser, work .. "/rtp/parser/qudao.so"))
local env = { PATH = vim.env.QUDAO_BIN .. ":" .. vim.env.PATH, XDG_STATE_HOME = work, XDG_CACHE_HOME = work, XDG_DATA_HOME = work }
local made = vim.system({ vim.env.QUDAO_BIN .. "/qudao", "new", "shop" }, { cwd = work }):wait()
assert(made.code == 0, made.stderr)
local shop = work .. "/shop"

local command = { nvim, "--embed", "--headless", "--clean", "-n", "--cmd" }
-- Neovim's own parsers lie beside its program, where that was unpacked.
local parsers = vim.fs.dirname(vim.fs.dirname(vim.fs.find("markdown.so", { path = vim.env.VIMRUNTIME .. "/../../../lib" })[1] or ""))
table.insert(command, ("set runtimepath^=%s/docs/editors/neovim,%s/rtp,%s"):format(root, work, parsers))
local child = vim.fn.jobstart(command, { rpc = true, cwd = shop, env = env })
assert(child > 0, "Neovim does not start")

local function keys(text)
  vim.rpcrequest(child, "nvim_input", text)
end
local function lua(code, ...)
  return vim.rpcrequest(child, "nvim_exec_lua", code, { ... })
end
--- Waits until code says something that is true; says what it says in the end otherwise.
local function waits(what, code, ...)
  local given, said = { ... }, nil
  local came = vim.wait(20000, function()
    -- What waits for a key of its own answers nobody.
    if vim.rpcrequest(child, "nvim_get_mode").blocking then
      keys("<CR>")
      return false
    end
    said = lua(code, unpack(given))
    return said and said ~= vim.NIL
  end, 50)
  local shown = lua("return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n') .. '\\n' .. vim.fn.execute('messages')")
  assert(came, ("%s: %s\n%s"):format(what, vim.inspect(said), shown))
  print("ok: " .. what)
  return said
end
local function line_holds(text)
  return waits(text, "return vim.api.nvim_get_current_line():find(..., 1, true)", text)
end
local function finds(pattern)
  keys("gg/" .. pattern .. "<CR>")
  waits("at " .. pattern, "return vim.fn.getreg('/') == ... and vim.fn.mode() == 'n' and vim.fn.line('.') > 1", pattern)
end

local ok, failed = pcall(function()
  keys(":edit shop.qd<CR>")
  waits("the server runs", "return vim.lsp.get_clients({ name = 'qudao', bufnr = 0 })[1] ~= nil and vim.lsp.get_clients({ name = 'qudao' })[1].initialized")
  waits("tree-sitter colours", [[
    vim.fn.cursor(vim.fn.search('^rule'), 1)
    local captures = vim.treesitter.get_captures_at_cursor(0)
    return vim.tbl_contains(captures, 'keyword')
  ]])
  waits("rules fold", "return vim.fn.foldlevel('.') > 0")
  assert(lua("return vim.bo.commentstring") == "# %s")

  -- What is wrong, as one types, and its fix.
  finds("c.fee > budget")
  keys("iorderz > 3 per month and <Esc>")
  waits("a mistake is told", "local all = vim.diagnostic.get(0); return #all == 1 and all[1].code == 'unknown-field'")
  waits("its place", "local it = vim.diagnostic.get(0)[1]; return vim.fn.getline(it.lnum + 1):sub(it.col + 1, it.end_col) == 'orderz'")
  keys("0fogra")
  vim.wait(1000, function()
    return lua("return vim.fn.mode()") ~= "n"
  end)
  keys("1<CR>")
  line_holds("orders > 3 per month and c.fee > budget")
  waits("nothing is wrong", "return #vim.diagnostic.get(0) == 0")

  -- What may follow.
  keys("0foinot perm<C-X><C-O>")
  waits("a name is offered", [[
    local words = vim.tbl_map(function(item) return item.word end, vim.fn.complete_info({ 'items' }).items)
    return vim.tbl_contains(words, 'permit') or vim.api.nvim_get_current_line():find('not permit', 1, true)
  ]])
  keys(" and <Esc>")
  line_holds("not permit and orders > 3 per month")

  -- What a name is.
  keys("0fpK")
  waits("what a name is", [[
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      local text = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n')
      if vim.api.nvim_win_get_config(window).relative ~= '' then return text:find("trader's permit", 1, true) end
    end
  ]])
  keys("<Esc>")

  -- Another name, in all files.
  finds("budget}")
  keys("grn")
  waits("the new name is asked for", "return vim.fn.mode() == 'c'")
  keys("<C-U>most<CR>")
  line_holds("{most} is what there is")
  waits("the other file too", [[
    local other = vim.fn.bufnr('tests.qd')
    return other > 0 and table.concat(vim.api.nvim_buf_get_lines(other, 0, -1, false), '\n'):find('most < 60', 1, true)
  ]])

  -- The layout.
  finds("when    not permit")
  keys("0i      <Esc>:lua vim.lsp.buf.format()<CR>")
  waits("it is laid out", "return vim.api.nvim_get_current_line():match('^  when    not permit')")

  -- Where a name stands, and the outline.
  finds("most}")
  keys("grr")
  waits("where a name stands", "return #vim.fn.getqflist() >= 3")
  keys(":cclose<CR>gO")
  waits("the outline", "return #vim.fn.getloclist(0) > 5")
  keys(":lclose<CR>")

  -- A lens runs the test that it stands above.
  if lua("return vim.lsp.get_clients({ name = 'qudao' })[1]:supports_method('textDocument/codeLens')") then
    keys(":wall<CR>:edit tests.qd<CR>/^test \"a beginner\"<CR>")
    waits("a lens", "return vim.iter(vim.lsp.codelens.get({ bufnr = 0 })):any(function(it) return (it.lens or it).range.start.line == vim.fn.line('.') - 1 end)")
    keys("grx")
    vim.wait(1000, function()
      return vim.rpcrequest(child, "nvim_get_mode").mode ~= "n"
    end)
    keys("1<CR>")
    waits("what it tells", [[
      for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
        if table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n'):find('1 passed', 1, true) then return true end
      end
    ]])
    keys(":only<CR>")
  end

  -- A profile has the same server, any other file of its kind has none.
  keys(":wall<CR>:edit profiles/beginner.yaml<CR>")
  waits("a profile", "return #vim.lsp.get_clients({ name = 'qudao', bufnr = 0 }) == 1")
  keys(":edit other.yaml<CR>")
  waits("another file", "return vim.bo.filetype == 'yaml' and #vim.lsp.get_clients({ name = 'qudao', bufnr = 0 }) == 0")

  -- Where no parser is built.
  keys(":edit shop.qd<CR>:lua vim.treesitter.stop()<CR>:setlocal syntax=qudao<CR>")
  waits("the syntax file colours", "vim.fn.cursor(vim.fn.search('^rule'), 1); return vim.fn.synIDattr(vim.fn.synID(vim.fn.line('.'), 1, 1), 'name') == 'qudaoDeclaration'")
end)
pcall(vim.rpcrequest, child, "nvim_command", "qall!")
vim.fn.jobwait({ child }, 5000)
vim.fn.delete(work, "rf")
if not ok then
  io.stderr:write(failed .. "\n")
  os.exit(1)
end
