"""What a portal's objects are and do: cards, tasks, documents, the Drive, chats. Methods read and answer; here is what becomes true."""
