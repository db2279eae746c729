vim.bo.commentstring = "# %s"
vim.bo.shiftwidth = 2
vim.bo.expandtab = true
-- Without a server, `gq` lays out and `:make` lists what is wrong.
vim.bo.formatprg = "qudao fmt -"
vim.bo.makeprg = "qudao check --format short %"
vim.bo.errorformat = "%f:%l:%c: %trror[%*[^]]]: %m,%f:%l:%c: %tarning[%*[^]]]: %m,%f:%l:%c: %tote[%*[^]]]: %m"
-- Where tree-sitter's parser is built, it colours and folds; otherwise `syntax/qudao.vim` colours.
if pcall(vim.treesitter.start) then
  vim.wo[0][0].foldmethod = "expr"
  vim.wo[0][0].foldexpr = "v:lua.vim.treesitter.foldexpr()"
  vim.wo[0][0].foldlevel = 99
end
