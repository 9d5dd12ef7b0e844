print("dixie")
