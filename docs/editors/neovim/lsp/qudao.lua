-- The language server; `plugin/qudao.lua` switches it on.
return {
  cmd = { "qudao", "lsp" },
  filetypes = { "qudao", "csv", "yaml", "json", "toml" },
  root_dir = function(buffer, on_dir)
    local name, filetype = vim.api.nvim_buf_get_name(buffer), vim.bo[buffer].filetype
    -- Of files that others know as well, those are of interest that lie where profiles do.
    if filetype == "qudao" or filetype == "csv" or name:find("/profiles/") then
      on_dir(vim.fs.root(buffer, { "qudao.toml", ".git" }) or vim.fs.dirname(name))
    end
  end,
  on_attach = function(client, buffer)
    -- Lenses run tests and explain verdicts; `grx` runs the one on the line.
    if client:supports_method("textDocument/codeLens") and vim.lsp.codelens.enable then
      vim.lsp.codelens.enable(true, { bufnr = buffer })
    end
  end,
}
