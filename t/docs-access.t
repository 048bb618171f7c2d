#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# docs/access.md: its commands run against the server of quickstart.conf, as
# it is shipped but for paths and the port, and answer as the page says.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Page;
use Tender::Test;


my $TOKEN = 'a1' x 32;
my $PASSWORD = 'none-of-those-printed-there';

my $quick = slurp('conf.example/quickstart.conf');
my $page  = slurp('docs/access.md');
my $load  = Tender::Test::module_path();

for (
    [ qr{^load_module \S+;$}m => $load ? "load_module $load;" : '' ],
    [ qr{^pid nginx\.pid;$}m  => $> == 0 ? "pid %%DIR%%/nginx.pid;\nuser root;"
                                         : 'pid %%DIR%%/nginx.pid;' ],
    [ qr{stderr warn}         => '%%DIR%%/error.log info' ],
    [ qr{unix:redis\.sock}    => 'unix:%%DIR%%/redis.sock' ],
    [ qr{\S*bootstrap\.token} => '%%DIR%%/bootstrap.token' ],
    [ qr{127\.0\.0\.1:8080}   => '127.0.0.1:%%PORT%%' ],
) {
    my ($pattern, $replacement) = @$_;

    ok($quick =~ s/$pattern/$replacement/, "quickstart.conf has $pattern");
}

my $t = Tender::Test->new(conf => $quick,
                          files => { 'bootstrap.token' => "$TOKEN\n" });

# what "make run" does at its first start

my $r = $t->post('/admin/bootstrap',
                 { data => { login => 'admin', password => $PASSWORD } },
                 { Authorization => "Bearer $TOKEN" });

is($r->status, 201, 'there is an administrator') or diag($r->body);

my $run = Tender::Page->new(t => $t, name => 'access.md',
                            given => { ADMIN => "admin\@*:$PASSWORD" });

cmp_ok($run->run($page), '>', 25, 'the page has examples');
$run->finish;


# "a dump of Redis holds no credential", nor does a log

my @secrets = ($TOKEN, $PASSWORD, 'four-oak-chairs-please',
               grep { /^tnd/ } keys %{ $run->{of_run} });

cmp_ok(scalar @secrets, '>', 9, 'secrets have been shown');

my $dump = dump_of($t);
my $logs = $t->kept_log . $t->access_log . $t->slurp('redis.log');

like($dump, qr/argon2id/, 'the dump has what it has to');
like($logs, qr{refresh_code=\*+}, 'so have the logs');

for my $secret (@secrets) {
    my $name = substr($secret, 0, 5) . '...';

    is(index($dump, $secret), -1, "$name is not in Redis");
    is(index($logs, $secret), -1, "$name is not in a log");
}

$t->finish;
done_testing;


sub slurp {
    my ($file) = @_;

    open my $fh, '<:raw', "$Tender::Test::TOP/$file" or die "$file: $!\n";
    local $/;

    return scalar readline $fh;
}


# everything that there is in Redis, as text

sub dump_of {
    my ($t) = @_;

    my %read = (
        string => ['GET'],     hash   => ['HGETALL'],
        list   => ['LRANGE', 0, -1], zset => ['ZRANGE', 0, -1],
        stream => ['XRANGE', '-', '+'],
    );

    my @all;

    for my $key (@{ $t->redis('KEYS', '*') }) {
        my ($command, @rest) = @{ $read{ $t->redis('TYPE', $key) } };

        push @all, $key, flat($t->redis($command, $key, @rest));
    }

    return join "\n", @all;
}


sub flat {
    return map { ref ? flat(@$_) : $_ } @_;
}
