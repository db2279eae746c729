vim.lsp.enable("qudao")
