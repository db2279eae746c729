vim.filetype.add({ extension = { qd = "qudao" } })
