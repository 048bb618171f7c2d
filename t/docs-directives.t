#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# docs/directives.md and the source say the same of each directive (name,
# contexts, arguments, default) and of each variable, and nginx agrees about
# the contexts.

use strict;
use warnings;
use utf8;

use File::Temp ();
use Test::More;

use lib 't/lib';
use Tender::Test;


my $top  = $Tender::Test::TOP;
my $page = slurp('docs/directives.md');
my %code = directives();
my %docs = sections();

# what examples name; the key of the set is that of RFC 8037

my %files = (
    'tender.seal'      => '0f' x 32 . "\n",
    'tender.bootstrap' => '0f' x 32 . "\n",
    'tender.password'  => "secret\n",
    'tender.jwt.pem'   => scalar qx{openssl genrsa 2> /dev/null |
                                    openssl rsa -pubout 2> /dev/null},
    'tender.jwks.json' => '{"keys":[{"kty":"OKP","crv":"Ed25519","x":'
                          . '"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}',
);

cmp_ok(scalar keys %code, '>', 15, 'the command table is read');
is_deeply([sort keys %docs], [sort keys %code],
          'the page has the directives of the command table');

for my $name (sort keys %code) {
    my $d = $docs{$name} or next;

    is($d->{context}, $code{$name}{context}, "$name: context");
    is($d->{arguments}, $code{$name}{arguments}, "$name: arguments");
    is(plain($d->{default}), plain($code{$name}{default}),
       "$name: default");
}

index_table();
contexts();
variables();
examples();

done_testing;


sub slurp {
    my ($name) = @_;

    open my $fh, '<:encoding(UTF-8)', "$top/$name" or die "$name: $!\n";
    local $/;

    return scalar readline $fh;
}


# ---------------------------------------------------------------- the source

sub directives {
    my $source = slurp('ngx_http_tender_module.c');
    my ($table) = $source =~ /ngx_http_tender_commands\[\] = \{(.*?)\n\};/s;
    my %default = defaults(slurp('ngx_http_tender_conf.c'));
    my %found;

    while ($table =~ /\{ ngx_string\("(\w+)"\),\s*([A-Z0-9_|\s]+),(.*?)\}/sg) {
        my ($name, $flags, $rest) = ($1, $2, $3);
        my %has = map { $_ => 1 } split /[|\s]+/, $flags;
        my ($slot) = $rest =~ /conf_t, ([\w.]+)\)/;
        my @contexts;

        push @contexts, 'http'     if delete $has{NGX_HTTP_MAIN_CONF};
        push @contexts, 'server'   if delete $has{NGX_HTTP_SRV_CONF};
        push @contexts, 'location' if delete $has{NGX_HTTP_LOC_CONF};

        $slot = 'redis.backoff' if $name eq 'tender_redis_backoff';
        $slot = 'id_prefix'     if $name eq 'tender_id_prefix';
        $slot = 'chronograph'   if $name eq 'tender_chronograph';
        $slot = 'step'          if $name eq 'tender_minimal_step';
        $slot = 'auth_cache'    if $name eq 'tender_auth_cache';
        $slot = 'realm'         if $name eq 'tender_auth_realm';

        $found{$name} = {
            context   => join(', ', @contexts),
            arguments => join(' ', sort grep { length } keys %has),
            default   => $default{ $slot || '' },
        };
    }

    return %found;
}


# by the member of the configuration that holds it

sub defaults {
    my ($source) = @_;

    my $redis  = slurp('redis/ngx_http_tender_redis_conf.c');
    my $access = slurp('auth/ngx_http_tender_auth_conf.c');
    my %found;

    while ($redis =~ /ngx_conf_init_(\w*)value\(conf->(\w+), (\d+)\)/g) {
        my ($type, $member, $value) = ($1, $2, $3);

        $found{"redis.$member"} = $type eq 'msec_' ? "${value}ms"
                                : $type eq 'uint_' ? $value
                                : $value ? 'on' : 'off';
    }

    my %backoff = $redis =~ /conf->backoff\.(min|factor|max) = (\d+);/g;

    $found{'redis.backoff'} = "$backoff{min}ms $backoff{factor}"
                              . " $backoff{max}ms";

    while ($source =~ /ngx_str_set\(&tmcf->(\w+), "(\w+)"\)/g) {
        $found{$1} = $2;
    }

    while ($source =~ /ngx_conf_init_(msec_)?value\(tmcf->(\w+), (\d+)\)/g) {
        $found{$2} = !$3 ? 0 : $1 ? "${3}ms" : "${3}s";
    }

    while ($source =~ /init_size_value\(tmcf->(\w+), (\d+) \* 1024 \* 1024\)/g)
    {
        $found{$1} = "$2m";
    }

    $found{indexing} = $found{indexing} eq '1s' ? 'on' : 'off';

    while ($source =~ /merge_(m?)sec_value\(conf->(\w+),\sprev->\w+,
                       \s+([\d\s*]+)\)/gx)
    {
        my ($unit, $member, $value) = ("$1s", $2, 1);

        $value *= $_ for split / \* /, $3;
        $found{$member} = "$value$unit";
    }

    while ($source =~ /merge_str_value\(conf->(\w+), prev->\w+, "(\w+)"\)/g)
    {
        $found{$1} = $2;
    }

    my ($anonymous) = $source =~ /value\(conf->anonymous, \S+, (\w+)\)/;
    my %names = reverse $access =~ /\{ ngx_string\("(\w+)"\), (\w+)/g;

    $found{anonymous} = $names{$anonymous};

    my $store = slurp('store/ngx_http_tender_store.h');
    my %bound = $store =~ /#define (NGX_HTTP_TENDER_MAX_\w+) +(\d+)/g;

    while ($source =~ /merge_(uint_)?value\(conf->(\w+), prev->\w+,\s+(\w+)\)/g)
    {
        my ($number, $member, $value) = ($1, $2, $3);

        next if $member eq 'anonymous';

        $found{$member} = !$number ? ($value ? 'on' : 'off')
                        : $bound{$value} // $value;
    }

    my ($step) = slurp('store/ngx_http_tender_settings.c')
                 =~ /step->amount\.digits = (\d+);/;

    $found{step} = "$step%";

    return %found;
}


# ------------------------------------------------------------------ the page

sub sections {
    my %found;

    while ($page =~ /^## (tender_\w+)\n(.*?)(?=^## |\z)/msg) {
        my ($name, $text) = ($1, $2);
        my ($syntax)  = $text =~ /^    Syntax: +(.+);$/m;
        my ($default) = $text =~ /^    Default: +(.+)$/m;
        my ($context) = $text =~ /^    Context: +(.+)$/m;

        ok(!$found{$name}, "$name: one section");

        my ($first, @arguments) = words($syntax // '');

        is($first, $name, "$name: syntax");
        cmp_ok(length $text, '>', 150, "$name: explained");

        $found{$name} = {
            context   => $context,
            default   => $default,
            arguments => flag($syntax, @arguments),
        };
    }

    return %found;
}


# "a | b | c" is one argument

sub words {
    my ($syntax) = @_;

    $syntax =~ s/ \| /|/g;

    return split ' ', $syntax;
}


# what nginx calls such a list of arguments

sub flag {
    my ($syntax, @arguments) = @_;

    return 'NGX_CONF_NOARGS' if !@arguments;
    return 'NGX_CONF_FLAG'   if "@arguments" eq 'on|off';
    return 'NGX_CONF_1MORE'  if grep { /^\[/ } @arguments;
    return 'NGX_CONF_TAKE' . @arguments;
}


sub plain {
    my ($default) = @_;

    return '—' if !defined $default;

    my %ms = (s => 1000, m => 60_000, h => 3_600_000, d => 86_400_000);

    $default =~ s/\b(\d+)([smhd])\b/$1 * $ms{$2} . 'ms'/ge;

    return $default;
}


sub index_table {
    my ($table) = $page =~ /^\| directive \|.*?\n\|[-|]+\n(.*?)\n\n/ms;
    my @rows;

    for (split /\n/, $table) {
        /^\| \[(\w+)\]\(#(\w+)\) \| ([\w, ]+) \| (?:`(.+)`|—) \|$/
            or fail("index: $_"), next;

        push @rows, $1;
        is($2, $1, "index: link to $1");
        is($3, $docs{$1}{context}, "index: context of $1");
        is($4 // '—', $docs{$1}{default}, "index: default of $1");
    }

    is_deeply(\@rows, [$page =~ /^## (tender_\w+)$/mg],
              'index: in the order of the page');
}


# ------------------------------------------------------------------ by nginx

# what nginx -t says of a configuration

sub nginx_says {
    my ($http) = @_;

    my $dir    = File::Temp->newdir;
    my $module = Tender::Test::module_path();
    my $nginx  = Tender::Test::nginx_binary();
    my $load   = $module ? "load_module $module;" : '';
    my $temp   = join '', map { "${_}_temp_path $dir/$_;\n" }
                          qw(client_body proxy fastcgi uwsgi scgi);

    open my $fh, '>', "$dir/nginx.conf" or die "$dir: $!\n";
    print $fh "$load\npid $dir/pid;\nerror_log $dir/error.log;\n"
              . "thread_pool tender threads=1;\n"
              . "events { }\nhttp {\n${temp}access_log off;\n$http\n}\n";
    close $fh;

    for my $name (sort keys %files) {
        open $fh, '>', "$dir/$name" or die "$dir: $!\n";
        print $fh $files{$name};
        close $fh;
    }

    local $ENV{ASAN_OPTIONS} = 'detect_leaks=0';
    local $ENV{LD_PRELOAD} = $ENV{TEST_TENDER_PRELOAD}
        if $ENV{TEST_TENDER_PRELOAD};

    my $options = "-t -p $dir -c $dir/nginx.conf -e $dir/error.log";

    return scalar qx{$nginx $options 2>&1};
}


sub contexts {
    for my $name (sort keys %docs) {
        for my $context (qw(http server location)) {
            my $line  = "$name a b c d e f g h;";
            my $text  = $line;
            my $legal = grep { $_ eq $context }
                        split /, /, $docs{$name}{context};

            $text = "location / { $text }" if $context eq 'location';
            $text = "server { $text }"     if $context ne 'http';

            my $says = nginx_says($text);
            my $no   = qr/"\Q$name\E" directive is not allowed here/;

            like($says, qr/"\Q$name\E|"b"/, "$name in $context: reached");
            $legal ? unlike($says, $no, "$name is for $context")
                   : like($says, $no, "$name is not for $context");
        }
    }
}


# each block of the page that is a configuration is one that nginx takes

sub examples {
    my $n = 0;

    while ($page =~ /^```nginx\n(.*?)^```$/msg) {
        my $text = $1;

        $n++;

        $text =~ s/\Ahttp \{\n(.*)\}\n\z/$1/s;
        $text = "server { $text }" if $text =~ /\Alocation /;
        $text =~ s{/etc/nginx/}{}g;
        $text =~ s{/etc/ssl/redis-ca\.pem}{/etc/ssl/certs/none.pem};
        $text =~ s{redis\.example\.com}{127.0.0.1};
        $text = "tender_redis 127.0.0.1;\n$text"
            if $text !~ /tender_redis [a-z0-9]/;

        # the module looks at its configuration once a location needs it
        $text .= "\nserver { location /used/ { tender_status; } }";

        my $says = nginx_says($text);

        like($says, $text =~ /none\.pem/ ? qr/"\/etc\/ssl\/certs\/none\.pem"/
                                         : qr/test is successful/,
             "example $n: nginx takes it")
            or diag($text);
    }

    cmp_ok($n, '>', 5, 'the page has examples');
}


# ----------------------------------------------------------------- variables

sub variables {
    my $source = slurp('http/ngx_http_tender_variables.c');
    my ($table) = $source =~ /ngx_http_tender_vars\[\] = \{(.*?)\n\};/s;
    my @code = map { "\$$_" } $table =~ /ngx_string\("(\w+)"\)/g;
    my ($text) = $page =~ /^## Variables\n(.*)/ms;

    is_deeply([$text =~ /^\| `(\$\w+)` \|/mg], \@code,
              'the page has the variables of the source');

    my ($head) = $page =~ /^Variables: (.*?)\n\n/ms;

    is_deeply([$head =~ /\[(\$\w+)\]\(#variables\)/g], \@code,
              'and lists them on top');

    my ($secrets) = slurp('http/ngx_http_tender_mask.c')
        =~ /ngx_http_tender_secrets\[\] = \{(.*?)\n\};/s;
    my ($masked) = $text =~ /^(Masked are .*?), in\s+whatever/ms;

    is_deeply([sort $masked =~ /`(\w+)`/g],
              [sort $secrets =~ /tender_string\("(\w+)"\)/g],
              'the page has the names of secrets');

    # as a log has them

    my $format = join '|', @code;
    my $id = 'a' x 32;
    my $t = Tender::Test->new(
        http => "log_format all '$format'; access_log %%DIR%%/all.log all;",
    );

    $t->get("/api/0.1/tenders/$id");
    $t->post('/api/0.1/tenders', '{"data": {"totalValue": 1}}');
    $t->get('/api/0.1/tenders?limit=1&acc_token=secret');
    $t->get('/elsewhere?TOKE%4e=secret');
    my $log = '';

    $t->wait_for(sub {
        $log = $t->slurp('all.log');
        4 == grep { length } split /\n/, $log;
    });
    $t->finish;

    my @lines = split /\n/, $log;

    like($lines[0], qr{^tender\|$id\|url/id\|0\.\d{3}\|1\|GET },
         'of a tender that is not there');
    is($lines[1], 'collection_tender|-|body/totalValue|-|0|'
                  . 'POST /api/0.1/tenders HTTP/1.1' . '|-' x 6,
       'of a refused body');
    like($lines[2], qr{^collection_tender\|-\|-\|0\.\d{3}\|1\|GET .*
                       limit=1&acc_token=\*{6}\ HTTP/1\.1(\|-){6}$}x,
         'of a secret');
    like($lines[3], qr{^-\|-\|-\|-\|[-0]\|GET .*
                       TOKE%4e=\*{6}\ HTTP/1\.1(\|-){6}$}x,
         'of another location');
}
